/**
 * Whether this person's microphone is open: their own wish and the house's record, together. Pure.
 *
 * A host can close any microphone, and open again what a host has closed; nobody but its owner opens one that its
 * owner has closed.
 */
import type { Silence } from "../api/told";

export interface Mouth {
  /** What this person wants, known here before anybody answers. */
  readonly wantsMuted: boolean;
  /** What the crew's record says. */
  readonly silence: Silence;
}

export const OPEN: Mouth = { wantsMuted: false, silence: "none" };

export function isMuted({ wantsMuted, silence }: Mouth): boolean {
  return wantsMuted || silence !== "none";
}

/** Who closed it, for the words on the button. */
export function closedBy(mouth: Mouth): "nobody" | "me" | "host" | "lock" {
  if (mouth.silence === "locked") return "lock";
  if (mouth.wantsMuted) return "me";
  return mouth.silence === "muted" ? "host" : "nobody";
}

/** The person pressed. Opening what a host has locked is not possible here: the record stays as it is. */
export function pressed(mouth: Mouth, wantsMuted: boolean): Mouth {
  if (wantsMuted || mouth.silence === "locked") return { ...mouth, wantsMuted };
  return { wantsMuted: false, silence: "none" };
}

/**
 * The record has changed. @returns the mouth after it, and whether the house must be told again that this person
 * wants to be silent: a host has opened what its owner has closed.
 */
export function recorded(mouth: Mouth, silence: Silence): { mouth: Mouth; tellAgain: boolean } {
  return { mouth: { ...mouth, silence }, tellAgain: mouth.wantsMuted && silence === "none" };
}
