/**
 * How close to the live edge to listen: where to start, when to hurry, when to slow down, when to jump. Pure.
 *
 * A chunk exists 0.64 s after its first sample was spoken, so 1.3 s behind leaves about 0.6 s for the line's
 * jitter. Each stall widens that by 0.2 s, at most to 1.9 s: the two seconds of the promise are kept.
 *
 * Whose sound runs short slows down by itself before it stalls: who sits in a late slot of the edge's round gets each
 * chunk up to 0.6 s after it exists. A slower cadence is told ten seconds before it comes for each chunk that it adds
 * to a write (`edge/notice.py`); then what the chunks will be late is laid by, 7 % slower.
 */
import { CHUNK_S } from "./grid";

const TARGET_S = 1.3;
const TARGET_STEP_S = 0.2;
const TARGET_S_MAX = 1.9;
/** Faster than this is heard as another voice (a semitone is 6 %). */
export const RATE_MAX = 1.05;
const HURRY_OVER_S = 0.5;
/** Slower by so much is not heard as slower: browsers keep the pitch. */
export const RATE_LITTLE_SLOW = 0.95;
export const RATE_SLOW = 0.93;
/** What should be left in hand when the next chunk comes. */
export const ENOUGH_S = 0.55;
/** Less missing than this is no reason to begin. */
const SLOW_FROM_S = 0.05;
/** More missing than this is a slower cadence to make ready for, or a player about to stall. */
const MUCH_S = 0.25;
/** To hurry, so much more than enough must be in hand; going on with it takes less. */
const SPARE_S = 0.25;
const SPARE_S_HURRYING = 0.1;
const JUMP_BEHIND_S = 4;
const JUMP_OVER_S = 1;
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
  /** No slowing down beyond this. */
  readonly furthestS: number;
  /** How much more should be in hand (`in-hand.ts`); null while unknown. */
  readonly missingS: number | null;
  /** As it plays now. */
  readonly rate: number;
}

export interface Pace {
  readonly rate: number;
  /** Where to jump, null to stay. */
  readonly jumpToS: number | null;
}

/** @param cadence chunks per write of the edge: the later sound of a higher cadence is part of the target. */
export function targetS(stallCount: number, cadence = 1): number {
  return Math.min(TARGET_S_MAX, TARGET_S + stallCount * TARGET_STEP_S) + laterS(cadence);
}

/** The furthest behind that anybody goes by themselves. */
export function furthestS(cadence = 1): number {
  return TARGET_S_MAX + laterS(cadence);
}

/** How much later the last chunk of a write comes than alone. */
function laterS(cadence: number): number {
  return (Math.max(1, cadence) - 1) * CHUNK_S;
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
  const tooFarS = Math.max(JUMP_BEHIND_S, ear.targetS + JUMP_OVER_S);
  if (aheadS > tooFarS || (behindS > tooFarS && aheadS > 2 * CHUNK_S)) {
    const wantedS = ear.latencyS === null ? ear.endS - CHUNK_S : ear.positionS + ear.latencyS - ear.targetS;
    // Both ends bounded: a clock that is far off still lands on the newest seconds.
    const oldestS = ear.endS - ear.targetS;
    return { rate: 1, jumpToS: Math.max(oldestS, Math.min(wantedS, ear.endS - AHEAD_S_MIN)) };
  }
  return { rate: slowRate(ear, behindS) ?? (isToHurry(ear, behindS, aheadS) ? RATE_MAX : 1), jumpToS: null };
}

function slowRate({ missingS, rate, furthestS }: Ear, behindS: number): number | null {
  if (missingS === null || missingS <= (rate < 1 ? 0 : SLOW_FROM_S) || behindS >= furthestS) return null;
  return missingS > MUCH_S || (rate === RATE_SLOW && missingS > SLOW_FROM_S) ? RATE_SLOW : RATE_LITTLE_SLOW;
}

function isToHurry({ missingS, rate, targetS }: Ear, behindS: number, aheadS: number): boolean {
  const isHurrying = rate > 1;
  const hasSpare = missingS === null || -missingS > (isHurrying ? SPARE_S_HURRYING : SPARE_S);
  const isLate = behindS > (isHurrying ? targetS : targetS + HURRY_OVER_S);
  return isLate && hasSpare && aheadS > (isHurrying ? AHEAD_S_MIN : CHUNK_S);
}
