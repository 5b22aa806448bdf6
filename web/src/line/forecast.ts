/**
 * What somebody who waits is told: how many are before them, how long, when to ask again. Pure.
 *
 * Mirrors `stentor/admission/line/forecast.py`; both pass tests/vectors/line.json.
 */
import { DRAWS, isBefore, type LineClock, type Place } from "./line-clock";

/** The range shown is the estimate divided and multiplied by this. */
const SPREAD = 1.25;
const POLL_NEAR_S = 1.5;
/** Whom the doors could let in within NEAR_S, were there room of a sudden, asks at least this often. */
const NEAR_S = 2;
const POLL_SOON_S = 3;
/** Who waits asks at the latest after half of the wait that is left, so a call is not slept through. */
const SEEN_OFTEN = 2;
/** The clock's last entry are tickets dated ahead: taken as even over so long. */
const DATED_S = 600;
/** A bucket is called at the earliest when it is so old. */
const RIPENS_S = 2;
/** From the call to the seat: the next poll, and the request. */
const COMES_S = 2;
/** As long as a ticket lives. */
export const WAIT_S_MAX = 6 * 3600;

export interface Forecast {
  readonly isCalled: boolean;
  /** People before this place who still want in, by estimate; null: not known before the draw. */
  readonly ahead: number | null;
  /** From the earliest to the latest; null: nobody can tell. */
  readonly waitS: readonly [low: number, high: number] | null;
  readonly pollS: number;
}

export function calls({ doors, called }: LineClock, place: Place): boolean {
  return doors === "open" || (doors === "held" && isBefore(place, called));
}

export function forecast(clock: LineClock, place: Place): Forecast {
  if (calls(clock, place)) return { isCalled: true, ahead: 0, waitS: [0, 0], pollS: POLL_NEAR_S };
  if (clock.doors !== "held") return { isCalled: false, ahead: null, waitS: null, pollS: clock.pollS };
  const ahead = clock.coming + ticketsAhead(clock, place) * clock.show;
  const movesS = waitOf(clock, ahead);
  if (movesS === null) return { isCalled: false, ahead: rounded(ahead), waitS: null, pollS: clock.pollS };
  const waitS = Math.min(Math.max(movesS, ripensS(clock, place)) + COMES_S, WAIT_S_MAX);
  const lowS = waitS / SPREAD;
  const mostS = ahead <= NEAR_S * clock.joinsPerS ? Math.min(clock.pollS, POLL_SOON_S) : clock.pollS;
  const pollS = Math.max(POLL_NEAR_S, Math.min(mostS, lowS / SEEN_OFTEN));
  return { isCalled: false, ahead: rounded(ahead), waitS: [lowS, Math.min(waitS * SPREAD, WAIT_S_MAX)], pollS };
}

/** Tickets between the called place and this one; buckets that the clock tells together are taken as even. */
function ticketsAhead({ arrivals, called }: LineClock, place: Place): number {
  const shares = arrivals.map(([first, count], i) => {
    const last = arrivals[i + 1]?.[0] ?? first + DATED_S;
    const begin = Math.max(called.bucket + called.draw / DRAWS, first);
    if (last <= begin) return 0;
    const point = place.bucket + place.draw / DRAWS;
    return count * Math.min(1, Math.max(0, (point - begin) / (last - begin)));
  });
  return shares.reduce((sum, share) => sum + share, 0);
}

/** The slower of the doors and the seats. @returns null: nothing moves, nobody can tell. */
function waitOf({ admitsPerS, room, leavesPerS, givesUpPerS }: LineClock, ahead: number): number | null {
  if (admitsPerS <= 0) return null;
  const beyond = ahead - room;
  if (beyond > 0 && leavesPerS <= 0) return null;
  const bySeatsS = beyond <= 0 ? 0 : throughS(beyond, leavesPerS, givesUpPerS);
  return Math.max(throughS(ahead, admitsPerS, givesUpPerS), bySeatsS);
}

/** Until so many are gone from before one: let in, or given up meanwhile. */
function throughS(people: number, perS: number, givesUpPerS: number): number {
  return givesUpPerS > 0 ? Math.log1p((givesUpPerS * people) / perS) / givesUpPerS : people / perS;
}

/** The earliest that this place's bucket can be called: it may be dated ahead, or just now. */
function ripensS({ atMs, doorsMs }: LineClock, { bucket }: Place): number {
  return bucket === 0 ? 1 : Math.max(bucket + RIPENS_S - (atMs - (doorsMs ?? 0)) / 1000, 1);
}

/** To the even one of two that are equally near, as Python rounds. */
function rounded(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
