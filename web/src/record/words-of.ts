/** A turn's text and its words: where each stands, and when it was said. Pure. */
import { lastBegun } from "../replay/lanes";
import type { Turn } from "./told";

export function textOf(turn: Turn): string {
  return turn.words.map(({ text }) => text).join(" ");
}

export function startOf(turn: Turn): number {
  return turn.words[0]?.start_ms ?? 0;
}

export function endOf(turn: Turn): number {
  return turn.words.at(-1)?.end_ms ?? 0;
}

/** Which word a place in the turn's text belongs to; the space after a word is the word's. */
export function wordAt(turn: Turn, offset: number): number {
  let at = 0;
  for (const [index, { text }] of turn.words.entries()) {
    at += text.length + 1;
    if (offset < at) return index;
  }
  return turn.words.length - 1;
}

/** Where a word stands in the turn's text. */
export function spanOf(turn: Turn, index: number): readonly [number, number] {
  const from = turn.words.slice(0, index).reduce((length, { text }) => length + text.length + 1, 0);
  return [from, from + (turn.words[index]?.text.length ?? 0)];
}

/**
 * When the letter at this place was said.
 *
 * @param shown the text as it stands on the page; where it was changed, time is shared out by letters.
 */
export function momentAt(turn: Turn, shown: string, offset: number): number {
  if (shown === textOf(turn)) return turn.words[wordAt(turn, offset)]?.start_ms ?? startOf(turn);
  const part = shown.length === 0 ? 0 : Math.min(1, Math.max(0, offset / shown.length));
  return Math.round(startOf(turn) + part * (endOf(turn) - startOf(turn)));
}

/** The word that is being said, or was said last. @returns −1: none of them yet. */
export function wordNow(turn: Turn, atMs: number): number {
  return lastBegun(turn.words, atMs, ({ start_ms }) => start_ms);
}

/** The turn that is being said; of two at once the one that began later. @returns −1 before the first. */
export function turnNow(turns: readonly Turn[], atMs: number): number {
  return lastBegun(turns, atMs, startOf);
}
