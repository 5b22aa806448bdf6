/**
 * Somebody else has saved meanwhile: one's own edits are put on top of theirs. Pure.
 *
 * A turn that both have changed is not decided here: it is shown with both, and a person chooses.
 */
import { NO_EDITS, oneLine, shownText, type Edits, type TurnEdit } from "./edits";
import type { Transcript, Turn } from "./told";
import { textOf } from "./words-of";

/** Both have changed it, each in another way. */
export interface Clash {
  readonly id: string;
  /** What stands in the newer version; null: it was removed there, and what was written is only here. */
  readonly theirs: { readonly text: string; readonly person: string } | null;
  /** What was written here, for the case that the turn is gone. */
  readonly mine: string;
}

export interface Merged {
  /** On the newer version; where both changed a turn, one's own stands until it is chosen otherwise. */
  readonly edits: Edits;
  readonly clashes: readonly Clash[];
}

/** @param edits made on `base`. */
export function merged(edits: Edits, base: Transcript, newer: Transcript): Merged {
  const before = new Map(base.turns.map((turn) => [turn.id, turn]));
  const after = new Map(newer.turns.map((turn) => [turn.id, turn]));
  let kept = NO_EDITS;
  const clashes: Clash[] = [];
  for (const [id, edit] of Object.entries(edits)) {
    const [was, is] = [before.get(id), after.get(id)];
    if (!was) continue;
    if (!is) {
      if (!edit.isRemoved) clashes.push({ id, theirs: null, mine: shownText(was, edits) });
      continue;
    }
    const rest = stillNeeded(edit, is);
    if (rest === null) continue;
    kept = { ...kept, [id]: rest };
    if (hasClash(rest, was, is)) {
      clashes.push({ id, theirs: { text: textOf(is), person: is.person_id }, mine: shownText(was, edits) });
    }
  }
  return { edits: kept, clashes };
}

/** Without what the other has done just so. @returns null: nothing is left of it. */
function stillNeeded(edit: TurnEdit, is: Turn): TurnEdit | null {
  const rest: TurnEdit = {
    ...(edit.isRemoved ? { isRemoved: true } : {}),
    ...(edit.text !== undefined && oneLine(edit.text) !== textOf(is) ? { text: edit.text } : {}),
    ...(edit.person !== undefined && edit.person !== is.person_id ? { person: edit.person } : {}),
  };
  return Object.keys(rest).length === 0 ? null : rest;
}

function hasClash(edit: TurnEdit, was: Turn, is: Turn): boolean {
  const isTextNew = textOf(was) !== textOf(is);
  const isPersonNew = was.person_id !== is.person_id;
  if (edit.isRemoved) return isTextNew || isPersonNew;
  return (edit.text !== undefined && isTextNew) || (edit.person !== undefined && isPersonNew);
}

