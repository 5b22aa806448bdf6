/** The console's keyboard: one letter, one deed. Pure. */
export type Deed = "mute" | "accept" | "question" | "mute_all" | "chapter" | "undo" | "help" | "pause" | "talk";

/** Letter → deed, in the order in which the help shows them. */
export const KEYS: Readonly<Record<string, Deed>> = {
  m: "mute",
  " ": "talk",
  a: "accept",
  q: "question",
  x: "mute_all",
  p: "pause",
  c: "chapter",
  z: "undo",
  "?": "help",
};

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/**
 * @param isBusy the focus is where letters are written, or where the space bar presses something.
 * @returns null: not ours; the browser's own shortcuts stay its own.
 */
export function deedOf(event: Pressed, isBusy: { readonly typing: boolean; readonly onControl: boolean }): Deed | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy.typing) return null;
  const deed = KEYS[event.key.toLowerCase()] ?? null;
  return deed === "talk" && isBusy.onControl ? null : deed;
}

export function busyAt(target: EventTarget | null): { typing: boolean; onControl: boolean } {
  const element = target instanceof Element ? target : null;
  const typing = element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") != null;
  return { typing, onControl: element?.closest("button, a, summary, input, select, [role=button]") != null };
}
