/** Letters of the page's text as ranges, and marks on them without elements (CSS Custom Highlight API). */
import type { Letters } from "./script";

/** @param element whose only child is its text. */
export function rangeOf(element: Element | null, { from, to }: Letters): Range | null {
  const text = element?.firstChild;
  if (!text || to > (text.nodeValue?.length ?? 0)) return null;
  const range = document.createRange();
  range.setStart(text, from);
  range.setEnd(text, to);
  return range;
}

/** Marks these as `::highlight(name)`, and nothing else; where a browser knows no highlights nothing is marked. */
export function mark(name: string, ranges: readonly (Range | null)[]): void {
  if (!("highlights" in CSS)) return;
  const found = ranges.filter((range) => range !== null);
  if (found.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...found));
}

/** Which letter of the text below it a point of the window is on; null where the browser cannot tell. */
export function letterAt(x: number, y: number): number | null {
  if ("caretPositionFromPoint" in document) return document.caretPositionFromPoint(x, y)?.offset ?? null;
  // Safari's older name for it.
  const { caretRangeFromPoint } = document as { caretRangeFromPoint?(x: number, y: number): Range | null };
  return caretRangeFromPoint?.call(document, x, y)?.startOffset ?? null;
}
