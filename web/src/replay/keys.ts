/** The replay's keyboard: one key, one deed. Pure. */
import type { Pressed } from "../host/keys";

export type Deed = "play" | "back" | "ahead" | "next_chapter" | "previous_chapter" | "captions" | "silence" | "search" | "slower" | "faster";

/** In the order in which the help shows them. */
export const KEYS: Readonly<Record<string, Deed>> = {
  " ": "play",
  arrowleft: "back",
  arrowright: "ahead",
  n: "next_chapter",
  p: "previous_chapter",
  c: "captions",
  s: "silence",
  "/": "search",
  "<": "slower",
  ">": "faster",
};

/** @param isBusy the focus is where letters are written, or where the space bar presses something. */
export function deedOf(event: Pressed, isBusy: { readonly typing: boolean; readonly onControl: boolean }): Deed | null {
  if (event.ctrlKey || event.metaKey || event.altKey || isBusy.typing) return null;
  const deed = KEYS[event.key.toLowerCase()] ?? null;
  if (deed === "play" && (isBusy.onControl || event.repeat)) return null;
  return deed;
}
