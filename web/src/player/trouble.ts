/**
 * What the machine does wrong with sound that has arrived. Pure.
 *
 * Comes in: the media element's error, where the ear stands four times a second. Goes out: what the listener is told.
 * Measured: Firefox 140 without a sound device plays for 20 ms, then errs with code 3, «OnMediaSinkAudioError», and
 * every append after it throws. Chromium plays into a sink of its own and never says a word.
 */

/** `no_output`: nothing here takes sound. `broken`: the browser cannot go on with what it was given. */
export type Trouble = "no_output" | "broken";

const OUTPUT = /media ?sink|audio ?sink|audio[_ ]renderer/i;

/** @returns null when it is the network's fault, which `native` reports as the element's. */
export function troubleOf(error: { readonly code: number; readonly message: string }, isNative: boolean): Trouble | null {
  if (OUTPUT.test(error.message)) return "no_output";
  return isNative && error.code !== MEDIA_ERR_DECODE ? null : "broken";
}

const MEDIA_ERR_DECODE = 3;

/** Looks, not seconds: a machine that slept has looked once, however late. */
export const STILL_LOOKS_MAX = 24;
const AHEAD_S_MIN = 1;
const MOVED_S = 0.01;

/** An ear that stands still before sound it could hear: the sound card takes nothing, and nobody says so. */
export class StillEar {
  private looks = 0;
  private atS = Number.NaN;

  /** Called at each look. @returns whether it has stood for too long; then counts anew. */
  look(ear: { readonly positionS: number; readonly endS: number } | null): boolean {
    const isStill = ear !== null && ear.endS - ear.positionS > AHEAD_S_MIN && Math.abs(ear.positionS - this.atS) < MOVED_S;
    this.looks = isStill ? this.looks + 1 : 0;
    this.atS = ear?.positionS ?? Number.NaN;
    if (this.looks < STILL_LOOKS_MAX) return false;
    this.looks = 0;
    return true;
  }
}

const REPAIRS_MAX = 3;
const REPAIRS_WINDOW_S = 600;

/** How often a broken player is built anew by itself: three times in ten minutes, then somebody must press. */
export class Repairs {
  private readonly madeS: number[] = [];

  may(nowS: number): boolean {
    while (this.madeS.length && this.madeS[0]! + REPAIRS_WINDOW_S <= nowS) this.madeS.shift();
    if (this.madeS.length >= REPAIRS_MAX) return false;
    this.madeS.push(nowS);
    return true;
  }
}
