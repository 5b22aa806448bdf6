/**
 * When to knock again. Pure: chance is an argument.
 *
 * Quickly while it may be an edge that is being started anew (3 to 8 s), then ever more slowly: whoever has another
 * edge is there within the first second, and a house that is gone is not asked more often than it can bear. Each wait
 * is spread by ±25 % so that a crowd that lost the same edge does not come back in step. What the server says
 * (`Retry-After`) is the least, spread upwards only.
 */
const LADDER_S = [0.25, 0.5, 1, 2, 2, 2, 2, 4, 8];
export const LAST_S = 8;
const SPREAD = 0.25;
/** A page that is told a longer wait asks again after this all the same: state changes while one waits. */
const RETRY_AFTER_S_MAX = 60;

/**
 * @param attempt from 0. @param chance 0…1. @param retryAfterS what the last answer said, if it said something.
 * @param lastS the longest wait.
 */
export function waitS(attempt: number, chance: number, retryAfterS: number | null = null, lastS = LAST_S): number {
  if (retryAfterS !== null) return Math.min(retryAfterS, RETRY_AFTER_S_MAX) * (1 + SPREAD * chance);
  const base = Math.min(lastS, LADDER_S[attempt] ?? LAST_S);
  return base * (1 - SPREAD + 2 * SPREAD * chance);
}

/** The seconds form of `Retry-After`; our servers send no dates. */
export function retryAfterS(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
