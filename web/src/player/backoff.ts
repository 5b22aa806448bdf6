/**
 * When to knock again. Pure: chance is an argument.
 *
 * A quarter of a second, doubling to eight seconds, each spread by ±25 % so that a crowd that lost the same edge
 * does not come back in step: whoever has another edge is there within the first second, and a house that is gone is
 * not asked more often than it can bear. What the server says (`Retry-After`) is the least, spread upwards only.
 */
const FIRST_S = 0.25;
export const LAST_S = 8;
const SPREAD = 0.25;
/** A page that is told a longer wait asks again after this all the same: state changes while one waits. */
const RETRY_AFTER_S_MAX = 60;

/**
 * @param attempt from 0. @param chance 0…1. @param retryAfterS what the last answer said, if it said something.
 * @param lastS the longest wait; the few on stage may knock more often than the crowd.
 */
export function waitS(attempt: number, chance: number, retryAfterS: number | null = null, lastS = LAST_S): number {
  if (retryAfterS !== null) return Math.min(retryAfterS, RETRY_AFTER_S_MAX) * (1 + SPREAD * chance);
  const base = Math.min(lastS, FIRST_S * 2 ** Math.min(attempt, 10));
  return base * (1 - SPREAD + 2 * SPREAD * chance);
}

/** The seconds form of `Retry-After`; our servers send no dates. */
export function retryAfterS(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}
