/** The record page's keyboard. Pure. */
import type { Pressed } from "../host/keys";

export type Deed =
  | "play"
  | "back"
  | "on"
  | "doubt_next"
  | "doubt_before"
  | "edit"
  | "chapter"
  | "find"
  | "undo"
  | "save"
  | "help"
  | "leave"
  | "turn_next";

/** Single letters, while nothing is being written; in the order in which the help shows them. */
export const LETTERS: Readonly<Record<string, Deed>> = {
  " ": "play",
  ArrowLeft: "back",
  ArrowRight: "on",
  n: "doubt_next",
  N: "doubt_before",
  e: "edit",
  c: "chapter",
  f: "find",
  z: "undo",
  "?": "help",
};

/** While a turn's words are written; in the order in which the help shows them. */
export const IN_A_TURN: Readonly<Record<string, Deed>> = { Tab: "play", "Alt+ArrowLeft": "back", "Ctrl+Enter": "turn_next", Escape: "leave" };

export interface Place {
  /** In a turn's own field. */
  readonly inTurn: boolean;
  /** In any other field. */
  readonly typing: boolean;
  /** Where the space bar and the arrows press or move something. */
  readonly onControl: boolean;
}

/** @returns null: not ours; the browser's own shortcuts stay its own. */
export function deedOf(event: Pressed & { readonly shiftKey: boolean }, place: Place, areLettersOn: boolean): Deed | null {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key.toLowerCase() === "s") return "save";
  if (place.inTurn) {
    // Shift+Tab leaves the field backwards, as everywhere.
    if (event.key === "Tab" && (event.shiftKey || isCommand || event.altKey)) return null;
    return IN_A_TURN[`${isCommand ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.key}`] ?? null;
  }
  if (!areLettersOn || place.typing || isCommand || event.altKey || event.repeat) return null;
  const deed = LETTERS[event.key] ?? LETTERS[event.key.toLowerCase()] ?? null;
  return place.onControl && (deed === "play" || deed === "back" || deed === "on") ? null : deed;
}

export function placeOf(target: EventTarget | null): Place {
  const element = target instanceof Element ? target : null;
  const inTurn = element?.matches(".turn textarea") ?? false;
  const typing = element?.closest("input:not([type=checkbox], [type=range]), textarea, select") != null;
  return { inTurn, typing, onControl: element?.closest("button, a, summary, input, select, [role=slider], [role=tab]") != null };
}
