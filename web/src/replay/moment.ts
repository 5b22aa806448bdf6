/**
 * A link to a moment, `#t=12.5`, or to a range, `#t=12,30`. Pure.
 *
 * Source: Media Fragments URI 1.0, section 4.2.1 (normal play time); seconds of record time.
 */
export interface Moment {
  readonly fromS: number;
  /** Where it stops by itself; null: at the end of the record. */
  readonly toS: number | null;
}

/** @returns null: the address names no moment. */
export function momentIn(hash: string): Moment | null {
  const value = new URLSearchParams(hash.replace(/^#/u, "")).get("t");
  if (value === null) return null;
  const [from = "", to, ...more] = value.replace(/^npt:/u, "").split(",");
  const fromS = from === "" ? 0 : secondsIn(from);
  const toS = to === undefined ? null : secondsIn(to);
  if (more.length > 0 || fromS === null || (to !== undefined && toS === null)) return null;
  return toS !== null && toS <= fromS ? null : { fromS, toS };
}

/** The hash that names it, to a tenth of a second. */
export function hashOf({ fromS, toS }: Moment): string {
  return `#t=${tenths(fromS)}${toS === null ? "" : `,${tenths(toS)}`}`;
}

function tenths(seconds: number): number {
  return Math.round(Math.max(0, seconds) * 10) / 10;
}

/** `12.5`, `4:05`, `1:02:03.5`. */
function secondsIn(text: string): number | null {
  if (!/^(\d+:)?(\d+:)?\d+(\.\d*)?$/u.test(text)) return null;
  return text.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}
