/**
 * Where a ticket stands now, from the last clock and the time since. Pure.
 *
 * The clock is a second's truth and is asked for every few; in between the place moves as fast as the clock said it
 * does, so that nothing jumps. Never: in on a guess: only a clock calls.
 */
import { forecast } from "./forecast";
import type { Doors, LineClock, Place, Why } from "./line-clock";

export interface Standing {
  readonly doors: Doors;
  readonly why: Why;
  /** The doors have not opened: everybody who is here is in the draw. */
  readonly isDraw: boolean;
  readonly isOver: boolean;
  readonly hasTicket: boolean;
  readonly isCalled: boolean;
  /** How many are before; null: nobody can tell. */
  readonly ahead: number | null;
  readonly waitS: readonly [low: number, high: number] | null;
  readonly waiting: number;
  readonly admitted: number;
  readonly room: number;
  readonly perS: number;
  readonly pollS: number;
  readonly hears: boolean;
  /** Since the last clock that was new. */
  readonly toldAgoS: number;
  /** So long that the line may have stopped without us. */
  readonly isLost: boolean;
  /** The draw was the one that was promised; null: the promise was not seen from here. */
  readonly isDrawTrue: boolean | null;
  /** So many of the same network that this place counts as a later one. */
  readonly isManyHere: boolean;
}

export interface Own {
  readonly place: Place | null;
  readonly hasTicket: boolean;
  readonly toldAgoS: number;
  readonly patienceS: number;
  readonly isDrawTrue: boolean | null;
  readonly isManyHere: boolean;
}

/** A place is moved on by itself for so many polls; then it waits for news. */
const POLLS_GUESSED = 2;

export function standing(clock: LineClock, { place, patienceS, ...own }: Own): Standing {
  const seen = place && forecast(clock, place);
  const movedS = Math.min(own.toldAgoS, POLLS_GUESSED * clock.pollS);
  return {
    ...own,
    isLost: own.toldAgoS > Math.max(patienceS, POLLS_GUESSED * clock.pollS),
    doors: clock.doors,
    why: clock.why,
    isDraw: clock.doors === "lobby",
    isOver: clock.doors === "over",
    isCalled: clock.doors === "open" || seen?.isCalled === true,
    ahead: moved(seen?.ahead ?? null, seen?.waitS ?? null, movedS),
    waitS: seen?.waitS ? [Math.max(0, seen.waitS[0] - movedS), Math.max(0, seen.waitS[1] - movedS)] : null,
    waiting: clock.waiting,
    admitted: clock.admitted,
    room: clock.room,
    perS: clock.admitsPerS,
    pollS: seen?.pollS ?? clock.pollS,
    hears: clock.hears,
  };
}

function moved(ahead: number | null, waitS: readonly [number, number] | null, seconds: number): number | null {
  if (ahead === null || waitS === null || waitS[1] === 0) return ahead;
  return Math.max(0, Math.round(ahead * (1 - seconds / waitS[1])));
}
