/**
 * Who was heard when: lanes of the seek bar, turns to jump to, pauses to skip. Pure.
 *
 * Comes in: the record's activity, a moment. Goes out: spans of record time, in their order.
 */
import type { Activity } from "./record";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Lane {
  readonly person: string;
  /** As it was heard, chunk by chunk: for the rings. */
  readonly spans: readonly Span[];
  /** Without breaths, echoes and coughs: what people call a turn. */
  readonly turns: readonly Span[];
  readonly totalMs: number;
}

/** Whoever pauses for less goes on with the same turn: two chunks of a breath. */
const BREATH_MS = 1_300;
/** Shorter is a cough or a "mm", which nobody wants to be taken to. */
const TURN_MS_MIN = 1_300;
/** Silence that is skipped; rhetoric needs less than that. */
const PAUSE_MS_MIN = 1_900;
/** Pressed again so soon, "back" means the one before. */
const JUST_BEGUN_MS = 2_500;

/** Whoever spoke most comes first. */
export function lanesOf({ step_ms, speaking }: Activity): readonly Lane[] {
  const lanes = Object.entries(speaking).map(([person, found]) => {
    const spans = found.map(([first, last]) => ({ fromMs: first * step_ms, toMs: (last + 1) * step_ms }));
    const turns = joined(spans, BREATH_MS).filter(({ fromMs, toMs }) => toMs - fromMs >= TURN_MS_MIN);
    return { person, spans, turns, totalMs: spans.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0) };
  });
  return lanes.sort((a, b) => b.totalMs - a.totalMs);
}

/** Spans with what lies closer together than `gapMs` made one. */
export function joined(spans: readonly Span[], gapMs: number): readonly Span[] {
  const found: Span[] = [];
  for (const span of spans) {
    const last = found.at(-1);
    if (last && span.fromMs - last.toMs <= gapMs) found[found.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
    else found.push(span);
  }
  return found;
}

/** Where nobody was heard for longer than a speaker's pause. */
export function pausesOf(lanes: readonly Lane[], durationMs: number): readonly Span[] {
  const heard = joined(lanes.flatMap(({ spans }) => spans).sort((a, b) => a.fromMs - b.fromMs), 0);
  const edges = [...heard.map(({ fromMs }) => fromMs), durationMs];
  const pauses = edges.map((toMs, at) => ({ fromMs: at === 0 ? 0 : heard[at - 1]!.toMs, toMs }));
  return pauses.filter(({ fromMs, toMs }) => toMs - fromMs >= PAUSE_MS_MIN);
}

export function speakingAt(lanes: readonly Lane[], atMs: number): readonly string[] {
  return lanes.filter(({ spans }) => within(spans, atMs) !== null).map(({ person }) => person);
}

/** The span in which `atMs` lies. */
export function within(spans: readonly Span[], atMs: number): Span | null {
  const span = spans[lastBegun(spans, atMs, ({ fromMs }) => fromMs)];
  return span && atMs < span.toMs ? span : null;
}

/** The next beginning after a moment. @param startsMs in their order. */
export function nextOf(startsMs: readonly number[], atMs: number): number | null {
  return startsMs[lastBegun(startsMs, atMs, (startMs) => startMs) + 1] ?? null;
}

/** The beginning before a moment; of one that has only just begun, the one before it. */
export function previousOf(startsMs: readonly number[], atMs: number): number | null {
  return startsMs[lastBegun(startsMs, atMs - JUST_BEGUN_MS, (startMs) => startMs)] ?? null;
}

/** Index of the last that has begun by then, −1 before the first. O(log n). */
export function lastBegun<One>(ordered: readonly One[], atMs: number, startOf: (one: One) => number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(ordered[middle]!) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Units of the drawing; finer than any screen that shows it. */
export const LANE_WIDTH = 2_000;

/** A lane as one SVG path in a box LANE_WIDTH wide: a thousand turns are one shape. */
export function pathOf(lane: Lane, durationMs: number, y: number): string {
  const unitMs = durationMs / LANE_WIDTH;
  return joined(lane.spans, unitMs * 2)
    .map(({ fromMs, toMs }) => `M${Math.round(fromMs / unitMs)} ${y}h${Math.max(3, Math.round((toMs - fromMs) / unitMs))}`)
    .join("");
}
