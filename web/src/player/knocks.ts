/**
 * How often a page may knock for sound, whatever it knocks for. Pure: time and chance are arguments.
 *
 * Comes in: how each connection ended. Goes out: how long to wait before the next. One of these belongs to the whole
 * page, not to one source: a player that is built anew (another edge, another codec, a stage that came back) must not
 * begin to count anew, or a hundred thousand pages with the same trouble would knock as fast as they can.
 *
 * Bounds: a listener's page knocks at most 16 times in any minute, a speaker's 36 times; a wait is at most 75 s; who has
 * used up the budget for retries comes back after the longest wait each time.
 */
import { LAST_S, waitS } from "./backoff";
import { RetryBudget } from "./retry-budget";

export interface Manners {
  /** In any minute. */
  readonly knocksMax: number;
  /** The longest wait between two of them, unless they are too many. */
  readonly lastS: number;
}

export const LISTENER: Manners = { knocksMax: 16, lastS: LAST_S };
/** A stage has a few dozen people, and the audience waits for them: they knock every two seconds at least. */
export const SPEAKER: Manners = { knocksMax: 36, lastS: 2 };
export const WINDOW_S = 60;
/** A connection that has lived so long was a good one: the next trouble begins with the shortest wait. */
export const GOOD_LIFE_S = 10;
/** Who is held back by the bound comes back over this much more, not all at its end. */
const LATE_S = 15;
/** A stream is worth the requests that HLS would have made in its place: half a minute of sound earns a retry. */
const REQUEST_S = 3;

export interface End {
  /** How long it brought sound; 0 when it never did. */
  readonly livedS: number;
  /** The edge has ended it as edges do now and then, after a whole chunk. */
  readonly isInOrder?: boolean;
  readonly retryAfterS?: number | null;
}

export class Knocks {
  private readonly madeS: number[] = [];
  private attempt = 0;
  private dueS = 0;
  private readonly budget = new RetryBudget();

  constructor(private readonly manners: Manners = LISTENER) {}

  /** The last connection is over. @param nowS any clock that never goes back. @param chance 0…1. */
  ended(nowS: number, chance: number, end: End): void {
    if (end.livedS >= GOOD_LIFE_S) this.attempt = 0;
    this.budget.earn(end.livedS / REQUEST_S);
    // In good order and after a good life: the buffer bridges the way back, so the way back is at once.
    const isExpected = end.isInOrder === true && end.livedS >= GOOD_LIFE_S;
    this.dueS = nowS + (isExpected ? 0 : this.waitS(chance, end.retryAfterS ?? null));
  }

  /** Seconds until the next connection may be opened, which is counted as made. */
  next(nowS: number, chance: number): number {
    const oldestS = this.madeS.length < this.manners.knocksMax ? null : this.madeS.shift()!;
    const freeS = oldestS === null || oldestS + WINDOW_S <= nowS ? nowS : oldestS + WINDOW_S + LATE_S * chance;
    const atS = Math.max(nowS, this.dueS, freeS);
    this.madeS.push(atS);
    return atS - nowS;
  }

  private waitS(chance: number, retryAfterS: number | null): number {
    const attempt = this.budget.spend() ? this.attempt++ : Number.POSITIVE_INFINITY;
    return waitS(attempt, chance, retryAfterS, this.manners.lastS);
  }

  /** Somebody pressed: they do not wait for what a machine did wrong. The bound per minute stays. */
  forgive(): void {
    this.attempt = 0;
    this.dueS = 0;
  }
}

/** The clock of `Knocks`, seconds. */
export function steadyS(): number {
  return performance.now() / 1000;
}

/** Resolves after the wait, or at once when we are being stopped. */
export function paused(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    signal.addEventListener("abort", end, { once: true });
  });
}
