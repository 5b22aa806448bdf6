/**
 * Holes in the programme: chunks of silence where the stage was away. Pure.
 *
 * Whoever is late after the stage came back may skip them: nothing was said in them, so nothing is missed.
 */
import { CHUNK_S, chunkAt } from "./grid";
import { AHEAD_S_MIN, type Ear } from "./pace";

/** Two minutes, what an edge's window can hold. */
const HOLES_MAX = 200;
/** A jump that wins less is not worth its click. */
const WIN_S_MIN = 0.2;

export class Holes {
  private readonly numbers = new Set<number>();

  add(number: number): void {
    this.numbers.add(number);
    if (this.numbers.size > HOLES_MAX) this.numbers.delete(this.numbers.values().next().value!);
  }

  /** Where to go on without missing a sound; null to stay. Never past the hole, the target or the buffer. */
  skipFrom(ear: Ear): number | null {
    if (ear.latencyS === null) return null;
    let end = chunkAt(ear.positionS);
    while (this.numbers.has(end)) end++;
    const wantedS = ear.positionS + ear.latencyS - ear.targetS;
    const toS = Math.min(end * CHUNK_S, wantedS, ear.endS - AHEAD_S_MIN);
    return toS > ear.positionS + WIN_S_MIN ? toS : null;
  }
}
