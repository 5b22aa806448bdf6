/**
 * The time until a Space begins. Pure: the server's time comes in.
 *
 * A countdown that jumps is not believed. The estimate of the server's clock gets better while the page is open; what
 * is shown follows it by at most five seconds in four, and never goes up, unless the date itself was changed or the
 * machine slept.
 */
export interface Left {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Farther off than this is no correction of a clock: a new date, or a machine that slept. */
const CORRECTION_S_MAX = 3;
const STEP_MS_MIN = 800;

export class Countdown {
  private shown: { readonly startsMs: number; readonly leftS: number; readonly steppedMs: number } | null = null;

  /** Whole seconds left, 0 when the time has come. @param startsMs server's. @param nowMs server's. @param localMs this machine's. */
  look(startsMs: number, nowMs: number, localMs: number): number {
    const trueS = Math.max(0, Math.ceil((startsMs - nowMs) / 1000));
    const { shown } = this;
    // The first look, another date, or too far off to be a correction.
    if (!shown || shown.startsMs !== startsMs || Math.abs(trueS - shown.leftS) > CORRECTION_S_MAX) {
      this.shown = { startsMs, leftS: trueS, steppedMs: localMs };
      return trueS;
    }
    if (trueS >= shown.leftS || localMs - shown.steppedMs < STEP_MS_MIN) return shown.leftS;
    this.shown = { startsMs, leftS: shown.leftS - 1, steppedMs: localMs };
    return this.shown.leftS;
  }
}

export function partsOf(leftS: number): Left {
  return {
    days: Math.floor(leftS / 86_400),
    hours: Math.floor(leftS / 3_600) % 24,
    minutes: Math.floor(leftS / 60) % 60,
    seconds: leftS % 60,
  };
}
