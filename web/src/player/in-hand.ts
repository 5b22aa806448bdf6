/**
 * What a player has in hand: the sound that was left when new sound came, the least of the last writes. Pure.
 *
 * Looks between two writes see more than what matters: what is left at the end of the wait is what jitter may take.
 * Bounds: the looks of the last few seconds, at most 64.
 */
import { CHUNK_S } from "./grid";

const LOOKS_MAX = 64;
/** Chunks of one write come closer together than this. */
const ONE_WRITE_S = 0.2;

interface Look {
  readonly atS: number;
  readonly aheadS: number;
  /** Which chunk of its write, from 1. */
  readonly place: number;
}

export class InHand {
  private looks: Look[] = [];

  /** A chunk has come. @param aheadS from the ear to the end of what is buffered, before it. */
  came(atS: number, aheadS: number): void {
    const before = this.looks.at(-1);
    const place = before && atS - before.atS < ONE_WRITE_S ? before.place + 1 : 1;
    this.looks.push({ atS, aheadS, place });
    if (this.looks.length > LOOKS_MAX) this.looks.shift();
  }

  /** The ear has moved: what was left before says nothing now. */
  forget(): void {
    this.looks = [];
  }

  /**
   * How much more it should be, seconds; negative: there is more than enough; null: nothing is known.
   *
   * @param enoughS what line and machine may take by jitter.
   * @param cadence chunks per write as the edge has told; until its writes are that long, the player makes ready.
   */
  missingS(nowS: number, enoughS: number, cadence: number): number | null {
    this.looks = this.looks.filter(({ atS }) => nowS - atS <= (cadence + 1) * CHUNK_S);
    if (!this.looks.length) return null;
    const written = Math.max(...this.looks.map(({ place }) => place));
    const leastS = Math.min(...this.looks.map(({ aheadS }) => aheadS));
    return enoughS + Math.max(0, cadence - written) * CHUNK_S - leastS;
  }
}
