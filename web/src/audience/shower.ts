/**
 * Reactions as figures that rise beside the stage. Pure: counts, chance and time in, figures out.
 *
 * A tick says how many of each kind; a kind gives one figure, whose size tells how many, never one per person. So
 * forty thousand hands are as calm as four.
 */
import { REACTIONS, type Reaction, type ReactionCounts } from "./kinds";

export interface Figure {
  readonly id: number;
  readonly kind: Reaction;
  /** Where it rises, 0…1 of the column. */
  readonly at: number;
  /** 1 for one person, 1.9 for the largest crowd. */
  readonly size: number;
  readonly delayMs: number;
  readonly endsMs: number;
}

/** As long as the animation in `listen-take-part.css`. */
export const RISE_MS = 2_600;
const FIGURES_MAX = 14;
/** One chunk's time: figures of a tick are spread over it. */
const SPREAD_MS = 640;

export class Shower {
  private figures: Figure[] = [];
  private nextId = 0;

  /** @param chance 0…1, asked for each figure. */
  constructor(private readonly chance: () => number) {}

  fall(counts: ReactionCounts, nowMs: number): void {
    for (const kind of REACTIONS) {
      const count = counts[kind] ?? 0;
      if (count > 0) this.rise(kind, count, nowMs, this.chance() * SPREAD_MS);
    }
  }

  /** The listener's own, seen at once: a press that shows nothing is pressed again. */
  own(kind: Reaction, nowMs: number): void {
    this.rise(kind, 1, nowMs, 0);
  }

  at(nowMs: number): readonly Figure[] {
    this.figures = this.figures.filter(({ endsMs }) => endsMs > nowMs);
    return this.figures;
  }

  private rise(kind: Reaction, count: number, nowMs: number, delayMs: number): void {
    if (this.at(nowMs).length >= FIGURES_MAX) return;
    const size = Math.min(1.9, 1 + Math.log10(count) * 0.22);
    const endsMs = nowMs + delayMs + RISE_MS;
    this.figures.push({ id: this.nextId++, kind, at: this.chance(), size, delayMs, endsMs });
  }
}
