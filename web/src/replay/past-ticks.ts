/**
 * The ticks of what is played again while the Space is on the air: who is on stage, who is heard, what is said. Pure.
 *
 * Comes in: ticks as segments arrive, in whatever order the ear jumps. Goes out: everything known at a moment. The
 * segments of the past are the bytes that were live, ticks included; each begins with a tick that says everything,
 * so nothing outside a segment is needed, and nothing of another is ever mixed in.
 */
import { chunkAt } from "../player/grid";
import { merged, type Tick } from "../player/tick";

/** The same as `CHUNKS_PER_SEGMENT` in `stentor/limits.py`. */
const CHUNKS_PER_SEGMENT = 9;
/** The first sample that was on the air, where record time is 0 (`RECORD_FIRST`). */
export const RECORD_FIRST = 36;
/** 21 minutes: more than the element keeps of the sound, so that what is in store has its ticks. */
const KEPT_MAX = 2_000;

export class PastTicks {
  private readonly ticks = new Map<number, Tick>();
  private last: { readonly number: number; readonly known: Tick | null } | null = null;

  push(tick: Tick): void {
    // Put in anew, so that what goes first is what came first.
    this.ticks.delete(tick.n);
    this.ticks.set(tick.n, tick);
    if (this.ticks.size > KEPT_MAX) this.ticks.delete(this.ticks.keys().next().value!);
    this.last = null;
  }

  /** @param atS record time. @returns null where no tick has come. Bounds: nine ticks are merged. */
  at(atS: number): Tick | null {
    const number = RECORD_FIRST + chunkAt(atS);
    if (this.last?.number !== number) this.last = { number, known: this.knownAt(number) };
    return this.last.known;
  }

  private knownAt(number: number): Tick | null {
    let known: Tick | null = null;
    for (let n = number - (number % CHUNKS_PER_SEGMENT); n <= number; n++) {
      const tick = this.ticks.get(n);
      // A tick that was lost leaves what stood before it; without the first nothing is known.
      if (tick && (known !== null || tick.full)) known = merged(known, tick);
    }
    return known;
  }
}
