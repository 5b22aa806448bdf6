/** Words of which the machine was not sure, one after the other. Pure. */
import type { Edits } from "./edits";
import type { Turn } from "./told";

/** What the machine itself calls less than half sure. */
export const DOUBTFUL_BELOW = 0.5;

export interface Doubt {
  readonly turn: string;
  readonly word: number;
}

/** In turns that nobody has touched: who has edited a turn has read it. */
export function doubts(turns: readonly Turn[], edits: Edits): Doubt[] {
  return turns
    .filter((turn) => !turn.is_edited && edits[turn.id] === undefined)
    .flatMap((turn) => turn.words.flatMap(({ confidence }, word) => (confidence < DOUBTFUL_BELOW ? [{ turn: turn.id, word }] : [])));
}

/**
 * The one after this place, or before it; from the last it goes on at the first.
 *
 * @param from null: nobody has looked at one yet. A place that is no doubt any more still has a next one.
 */
export function nextDoubt(turns: readonly Turn[], edits: Edits, from: Doubt | null, step: 1 | -1): Doubt | null {
  const all = doubts(turns, edits);
  if (all.length === 0) return null;
  if (from === null) return step > 0 ? all[0]! : all.at(-1)!;
  const place = new Map(turns.map(({ id }, index) => [id, index]));
  const key = ({ turn, word }: Doubt): number => (place.get(turn) ?? -1) * WORDS_MAX + word;
  const at = key(from);
  const ordered = step > 0 ? all : [...all].reverse();
  return ordered.find((doubt) => (key(doubt) - at) * step > 0) ?? ordered[0]!;
}

/** More than one turn can hold; only for an order over all words. */
const WORDS_MAX = 1_000_000;
