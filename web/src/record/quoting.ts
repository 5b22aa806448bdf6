/** Words of a transcript as a quote of the brief. Pure. */
import type { Quote, Turn } from "./told";
import { wordAt } from "./words-of";

/** @param from, to: indexes of the first and of the last word. */
export function quoteOf(turn: Turn, from: number, to: number): Quote | null {
  const words = turn.words.slice(from, to + 1);
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return null;
  return {
    turn_id: turn.id,
    person_id: turn.person_id,
    text: words.map(({ text }) => text).join(" "),
    start_ms: first.start_ms,
    end_ms: last.end_ms,
    confidence: Math.min(...words.map(({ confidence }) => confidence)),
    original: null,
  };
}

/** Of a selection in the turn's text: whole words, those that it only touches too. @param to exclusive */
export function quoteOfSpan(turn: Turn, from: number, to: number): Quote | null {
  return to <= from ? null : quoteOf(turn, wordAt(turn, from), wordAt(turn, to - 1));
}
