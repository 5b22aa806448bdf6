/** Buffered ranges as data, and where the ear stands among them. Pure. */

export interface Range {
  readonly startS: number;
  readonly endS: number;
}

/** Chromium plays across smaller holes by itself. */
const HOLE_S = 0.1;
/** Before a larger one it stops a few hundredths short of the end, and would stand there for ever. */
const END_S = 0.2;

export function rangesOf(buffered: TimeRanges | null): Range[] {
  if (!buffered) return [];
  return Array.from({ length: buffered.length }, (_, i) => ({ startS: buffered.start(i), endS: buffered.end(i) }));
}

/**
 * The range around the position; else the next one after it, which must be jumped to; else null.
 *
 * Standing at the very end of a range that another one follows is standing before a hole.
 */
export function rangeAt(ranges: readonly Range[], positionS: number): { range: Range; isJump: boolean } | null {
  const around = ranges.find((range) => range.startS - HOLE_S <= positionS && positionS < range.endS);
  const later = ranges.find((range) => range.startS > positionS);
  const isAtHole = around && later && positionS >= around.endS - END_S && later.startS - around.endS > HOLE_S;
  if (around && !isAtHole) return { range: around, isJump: false };
  return later ? { range: later, isJump: true } : null;
}
