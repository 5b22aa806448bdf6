/** Find, and replace: a name that the machine has misheard all evening. Pure. */
import { shownText, withText, type Edits } from "./edits";
import type { Turn } from "./told";

export interface Wanted {
  readonly find: string;
  readonly matchCase: boolean;
  readonly wholeWords: boolean;
}

export interface Hit {
  readonly turn: string;
  readonly from: number;
  readonly to: number;
}

/** Where it stands, in turns that are not removed. Bounds: one pass over the text. */
export function hits(turns: readonly Turn[], edits: Edits, wanted: Wanted): Hit[] {
  const pattern = patternOf(wanted);
  if (pattern === null) return [];
  return living(turns, edits).flatMap((turn) =>
    [...shownText(turn, edits).matchAll(pattern)].map(({ 0: found, index }) => ({ turn: turn.id, from: index, to: index + found.length })),
  );
}

/** Every place at once. */
export function replacedAll(turns: readonly Turn[], edits: Edits, wanted: Wanted, by: string): Edits {
  const pattern = patternOf(wanted);
  if (pattern === null) return edits;
  return living(turns, edits).reduce((all, turn) => {
    const text = shownText(turn, edits);
    const then = text.replace(pattern, () => by);
    return then === text ? all : withText(all, turn, then);
  }, edits);
}

function living(turns: readonly Turn[], edits: Edits): Turn[] {
  return turns.filter(({ id }) => !edits[id]?.isRemoved);
}

/** @returns null: nothing to look for. */
function patternOf({ find, matchCase, wholeWords }: Wanted): RegExp | null {
  if (find.trim() === "") return null;
  const escaped = find.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
  // Letters of any script end a word; JavaScript's own `\b` knows only English ones.
  const pattern = wholeWords ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
  return new RegExp(pattern, matchCase ? "gu" : "giu");
}
