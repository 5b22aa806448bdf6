/** Buffered ranges as data, and where the ear stands among them. Pure. */

export interface Range {
  readonly startS: number;
  readonly endS: number;
}

/** Chromium plays across smaller holes by itself. */
const HOLE_S = 0.1;

export function rangesOf(buffered: TimeRanges | null): Range[] {
  if (!buffered) return [];
  return Array.from({ length: buffered.length }, (_, i) => ({ startS: buffered.start(i), endS: buffered.end(i) }));
}

/** The range around the position; else the next one after it, which must be jumped to; else null. */
export function rangeAt(ranges: readonly Range[], positionS: number): { range: Range; isJump: boolean } | null {
  const around = ranges.find((range) => range.startS - HOLE_S <= positionS && positionS < range.endS);
  if (around) return { range: around, isJump: false };
  const later = ranges.find((range) => range.startS > positionS);
  return later ? { range: later, isJump: true } : null;
}
