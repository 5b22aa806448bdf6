/**
 * How close to the live edge to listen: where to start, when to hurry, when to jump. Pure.
 *
 * A chunk exists 0.64 s after its first sample was spoken, so 1.3 s behind leaves about 0.6 s for the line's
 * jitter. Each stall widens that by 0.2 s, at most to 1.9 s: the two seconds of the promise are kept.
 */
import { CHUNK_S } from "./grid";

const TARGET_S = 1.3;
const TARGET_STEP_S = 0.2;
const TARGET_S_MAX = 1.9;
/** Faster than this is heard as another voice (a semitone is 6 %). */
export const RATE_MAX = 1.05;
const HURRY_OVER_S = 0.5;
const JUMP_BEHIND_S = 4;
/** Less than this ahead of the ear and hurrying would run dry. */
export const AHEAD_S_MIN = 0.45;
/** What stays buffered behind the ear. */
export const KEEP_BEHIND_S = 30;

export interface Ear {
  readonly positionS: number;
  /** The end of what is buffered around or after the position. */
  readonly endS: number;
  /** How long ago the sound at `positionS` was spoken, by the server's clock; null while that is unknown. */
  readonly latencyS: number | null;
  /** The newest sound that exists, seconds behind now; null while unknown. */
  readonly targetS: number;
  readonly isHurrying: boolean;
}

export interface Pace {
  readonly rate: number;
  /** Where to jump, null to stay. */
  readonly jumpToS: number | null;
}

/** @param cadence chunks per write of the edge: the later sound of a higher cadence is part of the target. */
export function targetS(stallCount: number, cadence = 1): number {
  const base = Math.min(TARGET_S_MAX, TARGET_S + stallCount * TARGET_STEP_S);
  return base + (Math.max(1, cadence) - 1) * CHUNK_S;
}

/** Where to begin in a fresh buffer: `targetS` behind now, but never closer than 0.45 s to the buffer's end. */
export function startAt(range: { startS: number; endS: number }, nowS: number | null, target: number): number {
  const newest = range.endS - AHEAD_S_MIN;
  const oldest = Math.max(range.startS, range.endS - target);
  const wanted = nowS === null ? range.endS - CHUNK_S : nowS - target;
  return Math.max(oldest, Math.min(newest, wanted), range.startS);
}

/** What to do now. The live edge is judged by the buffer's end too, so a wrong clock cannot make us jump. */
export function pace(ear: Ear): Pace {
  const aheadS = ear.endS - ear.positionS;
  const behindS = ear.latencyS ?? aheadS + CHUNK_S;
  if (aheadS > JUMP_BEHIND_S || (behindS > JUMP_BEHIND_S && aheadS > 2 * CHUNK_S)) {
    const wantedS = ear.latencyS === null ? ear.endS - CHUNK_S : ear.positionS + ear.latencyS - ear.targetS;
    // Both ends bounded: a clock that is far off still lands on the newest seconds.
    const oldestS = ear.endS - ear.targetS;
    return { rate: 1, jumpToS: Math.max(oldestS, Math.min(wantedS, ear.endS - AHEAD_S_MIN)) };
  }
  const limitS = ear.isHurrying ? ear.targetS : ear.targetS + HURRY_OVER_S;
  const mayHurry = aheadS > (ear.isHurrying ? AHEAD_S_MIN : CHUNK_S);
  return { rate: behindS > limitS && mayHurry ? RATE_MAX : 1, jumpToS: null };
}
