/**
 * What an editor has changed in a transcript and not saved yet, by turns. Pure.
 *
 * Comes in: turns as the stage door has them, and presses. Goes out: turns as the page shows them, and what a save
 * asks for. Never: a changed word's time; the stage door shares it out anew.
 */
import type { Transcript, Turn, TurnWanted } from "./told";
import { textOf } from "./words-of";

export interface TurnEdit {
  readonly text?: string;
  readonly person?: string;
  readonly isRemoved?: true;
}

/** By the turn's id; a turn that is as it was is not in here. */
export type Edits = Readonly<Record<string, TurnEdit>>;

export const NO_EDITS: Edits = {};

export function withText(edits: Edits, turn: Turn, text: string): Edits {
  const { text: _, ...rest } = edits[turn.id] ?? {};
  return put(edits, turn.id, oneLine(text) === textOf(turn) ? rest : { ...rest, text });
}

export function withPerson(edits: Edits, turn: Turn, person: string): Edits {
  const { person: _, ...rest } = edits[turn.id] ?? {};
  return put(edits, turn.id, person === turn.person_id ? rest : { ...rest, person });
}

export function withRemoved(edits: Edits, turn: Turn, isRemoved: boolean): Edits {
  const { isRemoved: _, ...rest } = edits[turn.id] ?? {};
  return put(edits, turn.id, isRemoved ? { ...rest, isRemoved } : rest);
}

export function shownText(turn: Turn, edits: Edits): string {
  return edits[turn.id]?.text ?? textOf(turn);
}

export function shownPerson(turn: Turn, edits: Edits): string {
  return edits[turn.id]?.person ?? turn.person_id;
}

export function countOf(edits: Edits): number {
  return Object.keys(edits).length;
}

/** What a save asks for. A turn without a word left is one that is removed. */
export function wantedFrom(edits: Edits): TurnWanted[] {
  return Object.entries(edits).map(([id, { text, person, isRemoved }]) => {
    const line = text === undefined ? undefined : oneLine(text);
    if (isRemoved || line === "") return { id, removed: true };
    return { id, ...(line === undefined ? {} : { text: line }), ...(person === undefined ? {} : { person }) };
  });
}

/** The edits that make an older version's words stand again, as far as its turns are still there. */
export function restoring(older: Transcript, current: Transcript): Edits {
  const before = new Map(older.turns.map((turn) => [turn.id, turn]));
  return current.turns.reduce((edits: Edits, turn) => {
    const was = before.get(turn.id);
    if (!was) return withRemoved(edits, turn, true);
    return withPerson(withText(edits, turn, textOf(was)), turn, was.person_id);
  }, NO_EDITS);
}

export function oneLine(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

function put(edits: Edits, id: string, edit: TurnEdit): Edits {
  const { [id]: _, ...rest } = edits;
  return Object.keys(edit).length === 0 ? rest : { ...rest, [id]: edit };
}
