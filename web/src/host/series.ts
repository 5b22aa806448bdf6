/**
 * The audience over time: a bounded list of points, first from the count log, then from each second's figures. Pure.
 *
 * A second that nobody counted is a hole, never a guess.
 */
import type { FiguresTold, SeriesTold } from "../api/told";

export interface Point {
  readonly atMs: number;
  /** null: not counted. */
  readonly hearing: number | null;
}

/** As many as the door tells at most; a graph has fewer pixels. */
export const POINTS_MAX = 720;

export interface Series {
  readonly stepMs: number;
  readonly points: readonly Point[];
}

export const NO_SERIES: Series = { stepMs: 5_000, points: [] };

/** @param series what was heard live in the meantime; it goes on after what the log told. */
export function withHistory(series: Series, told: SeriesTold): Series {
  const { from_ms: fromMs, step_s: stepS } = told;
  if (fromMs === null || told.hearing.length === 0) return series;
  const past = told.hearing.map((hearing, i): Point => ({ atMs: fromMs + i * stepS * 1000, hearing }));
  const lastMs = past.at(-1)!.atMs;
  return bounded({ stepMs: stepS * 1000, points: [...past, ...series.points.filter(({ atMs }) => atMs > lastMs)] });
}

/** A second's figures: the newest point moves with them until its step is over. */
export function withFigures(series: Series, figures: FiguresTold, atMs: number): Series {
  const point: Point = { atMs, hearing: figures.hearing };
  const last = series.points.at(-1);
  const before = series.points.at(-2);
  const isSameStep = last !== undefined && before !== undefined && last.atMs - before.atMs < series.stepMs;
  const kept = isSameStep ? series.points.slice(0, -1) : series.points;
  const isHole = last !== undefined && atMs - last.atMs > 3 * series.stepMs;
  return bounded({ ...series, points: isHole ? [...kept, { atMs: last.atMs + 1, hearing: null }, point] : [...kept, point] });
}

export function most(series: Series): Point | null {
  return series.points.reduce<Point | null>(
    (best, point) => (point.hearing !== null && point.hearing > (best?.hearing ?? -1) ? point : best),
    null,
  );
}

/** Twice the step, half the points, when there are too many. */
function bounded(series: Series): Series {
  if (series.points.length <= POINTS_MAX) return series;
  return { stepMs: series.stepMs * 2, points: series.points.filter((point, i) => i % 2 === 0 || point.hearing === null).slice(-POINTS_MAX) };
}
