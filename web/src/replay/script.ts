/**
 * A transcript to be read along: which word is heard now, where it stands in its turn's text, what was searched. Pure.
 */
import { lastBegun } from "./lanes";
import type { Transcript, Turn } from "./record";

/** Where letters stand in a turn's text. */
export interface Letters {
  readonly from: number;
  readonly to: number;
}

export interface ScriptTurn {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly startMs: number;
  readonly text: string;
  readonly turn: Turn;
  /** Where each word begins in `text`. */
  readonly offsets: readonly number[];
  /** Words that the machine was not sure of. */
  readonly unsure: readonly Letters[];
}

export interface Heard {
  readonly turn: number;
  readonly word: number;
}

export interface Hit extends Letters {
  readonly turn: number;
}

/** Measured on the debate: wrong words lie below, right ones above; names lie on both sides. */
const UNSURE = 0.5;
const HITS_MAX = 1_000;

export function scriptOf({ turns, names }: Transcript): readonly ScriptTurn[] {
  return turns.filter(({ words }) => words.length > 0).map((turn) => scriptTurn(turn, names[turn.person_id] ?? ""));
}

function scriptTurn(turn: Turn, name: string): ScriptTurn {
  const offsets: number[] = [];
  let length = 0;
  for (const { text } of turn.words) {
    offsets.push(length);
    length += text.length + 1;
  }
  const unsure = turn.words.flatMap(({ confidence, text }, at) =>
    confidence < UNSURE ? [{ from: offsets[at]!, to: offsets[at]! + text.length }] : [],
  );
  const text = turn.words.map((word) => word.text).join(" ");
  return { id: turn.id, person: turn.person_id, name, startMs: turn.words[0]!.start_ms, text, turn, offsets, unsure };
}

/** The word at the ear; after the last one that word. Of two people at once, who began later. Null before the first. */
export function heardAt(script: readonly ScriptTurn[], atMs: number): Heard | null {
  const turn = lastBegun(script, atMs, ({ startMs }) => startMs);
  if (turn < 0) return null;
  return { turn, word: Math.max(0, lastBegun(script[turn]!.turn.words, atMs, ({ start_ms }) => start_ms)) };
}

export function lettersOfWord({ offsets, turn }: ScriptTurn, word: number): Letters {
  const from = offsets[word] ?? 0;
  return { from, to: from + (turn.words[word]?.text.length ?? 0) };
}

export function lettersOfSentence(of: ScriptTurn, word: number): Letters {
  const { sentences, words } = of.turn;
  const at = Math.max(0, lastBegun(sentences, word, (first) => first));
  const last = (sentences[at + 1] ?? words.length) - 1;
  return { from: lettersOfWord(of, sentences[at] ?? 0).from, to: lettersOfWord(of, last).to };
}

/** Which word a letter belongs to. */
export function wordAtLetter({ offsets }: ScriptTurn, letter: number): number {
  return Math.max(0, lastBegun(offsets, letter, (offset) => offset));
}

/** Every place where the words stand, whatever their accents and capitals; at most a thousand. */
export function find(script: readonly ScriptTurn[], query: string): readonly Hit[] {
  const wanted = folded(query.trim().replace(/\s+/gu, " "));
  if (wanted === "") return [];
  const hits: Hit[] = [];
  for (const [turn, { text }] of script.entries()) {
    const within = folded(text);
    for (let from = within.indexOf(wanted); from >= 0; from = within.indexOf(wanted, from + wanted.length)) {
      if (hits.push({ turn, from, to: from + wanted.length }) >= HITS_MAX) return hits;
    }
  }
  return hits;
}

/** Lower case without accents, letter for letter: places in it are places in the text. */
export function folded(text: string): string {
  // Most of what is said needs no second look.
  if (/^[\x20-\x7e]*$/u.test(text)) return text.toLowerCase();
  return Array.from({ length: text.length }, (_, at) => foldedLetter(text.charAt(at))).join("");
}

function foldedLetter(letter: string): string {
  if (letter === "’") return "'";
  if (letter === "\u00a0" || letter === "\u202f") return " ";
  return letter.normalize("NFD").charAt(0).toLowerCase().charAt(0);
}
