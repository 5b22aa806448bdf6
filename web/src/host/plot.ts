/** Points as the lines of a small graph. Pure: numbers in, SVG coordinates out. */
import type { Point } from "./series";

export interface Plot {
  /** One path per stretch without a hole. */
  readonly lines: readonly string[];
  readonly areas: readonly string[];
  readonly levels: readonly { readonly y: number; readonly value: number }[];
  readonly times: readonly { readonly x: number; readonly atMs: number }[];
  readonly last: { readonly x: number; readonly y: number } | null;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
}

const MINUTE_MS = 60_000;
/** A graph of less than this would show every single person as a mountain. */
const SPAN_MS_MIN = 5 * MINUTE_MS;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE_MS);
const EDGE = 0.05;
const TIMES_MAX = 3;

export function plot(points: readonly Point[], { width, height }: Frame): Plot {
  const endMs = points.at(-1)?.atMs ?? 0;
  const beginMs = Math.min(points[0]?.atMs ?? 0, endMs - SPAN_MS_MIN);
  const top = niceTop(Math.max(0, ...points.map(({ hearing }) => hearing ?? 0)));
  const x = (atMs: number): number => round(((atMs - beginMs) / (endMs - beginMs)) * width);
  const y = (value: number): number => round(height - (value / top) * height);
  const stretches = stretchesOf(points);
  const pathOf = (stretch: readonly Point[]): string =>
    stretch.map(({ atMs, hearing }, i) => `${i ? "L" : "M"}${x(atMs)} ${y(hearing!)}`).join("");
  const last = points.at(-1);
  return {
    lines: stretches.map(pathOf),
    areas: stretches.map(
      (stretch) => `${pathOf(stretch)}L${x(stretch.at(-1)!.atMs)} ${height}L${x(stretch[0]!.atMs)} ${height}Z`,
    ),
    levels: [0, top / 2, top].map((value) => ({ y: y(value), value })),
    times: points.length ? timesBetween(beginMs, endMs)
          .map((atMs) => ({ x: x(atMs), atMs }))
          // A label in the middle of its moment would stand out of the frame at either end.
          .filter(({ x: at }) => at > EDGE * width && at < (1 - EDGE) * width) : [],
    last: last && last.hearing !== null ? { x: x(last.atMs), y: y(last.hearing) } : null,
  };
}

/** The least of 2, 4, 6, 8, 10, 20, 40, 60… that is not below: whole numbers, also at half height. */
export function niceTop(value: number): number {
  for (let scale = 2; ; scale *= 10) {
    for (const step of [1, 2, 3, 4, 5]) if (scale * step >= value) return scale * step;
  }
}

/** The point nearest to a place of the graph. @param part 0 the left edge … 1 the right. */
export function nearest(points: readonly Point[], part: number): Point | null {
  const endMs = points.at(-1)?.atMs ?? 0;
  const beginMs = Math.min(points[0]?.atMs ?? 0, endMs - SPAN_MS_MIN);
  const wantedMs = beginMs + part * (endMs - beginMs);
  return points.reduce<Point | null>(
    (best, point) => (best === null || Math.abs(point.atMs - wantedMs) < Math.abs(best.atMs - wantedMs) ? point : best),
    null,
  );
}

function stretchesOf(points: readonly Point[]): Point[][] {
  const stretches: Point[][] = [];
  let open: Point[] | null = null;
  for (const point of points) {
    if (point.hearing === null) open = null;
    else if (open) open.push(point);
    else stretches.push((open = [point]));
  }
  return stretches;
}

function timesBetween(beginMs: number, endMs: number): number[] {
  const span = endMs - beginMs;
  const step = STEPS_MS.find((ms) => span / ms <= TIMES_MAX) ?? STEPS_MS.at(-1)! * Math.ceil(span / TIMES_MAX / STEPS_MS.at(-1)!);
  const first = Math.ceil(beginMs / step) * step;
  return Array.from({ length: Math.floor((endMs - first) / step) + 1 }, (_, i) => first + i * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
