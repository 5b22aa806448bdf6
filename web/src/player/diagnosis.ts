/**
 * Sound does not come: whose fault is it? Pure.
 *
 * Comes in: what the edge says about the Space, or that it says nothing, and which chunk is waited for. Goes out: what
 * the listener is told, and whether another edge is worth a try.
 */
import { CHUNK_S } from "./grid";
import type { SpaceAnswer } from "./space";
import type { Event } from "./state";

export interface Diagnosis {
  readonly event: Event;
  readonly isEdgeToBlame: boolean;
}

/** An edge that has just started may not know the Space yet; who has heard it asks a few times. */
export const MISSING_MAX = 3;

/** @param nextChunk the first that is not here yet; null before any. @param missing how often nobody knew the Space. */
export function diagnosis(answer: SpaceAnswer, nextChunk: number | null, missing: number): Diagnosis {
  if (answer === "unreachable") return LOST;
  if (answer === "unknown") return nextChunk === null || missing >= MISSING_MAX ? says({ type: "missing" }) : LOST;
  if (answer.state === "ended") return says({ type: "over" });
  if (answer.state !== "on_air" && answer.state !== "paused") return says({ type: "not_on_air" });
  if (nextChunk !== null && answer.head !== null && answer.epochMs !== null && answer.head < nextChunk) {
    return says({ type: "stage_silent", sinceMs: answer.epochMs + nextChunk * CHUNK_S * 1000 });
  }
  return LOST;
}

const LOST: Diagnosis = { event: { type: "lost" }, isEdgeToBlame: true };

function says(event: Event): Diagnosis {
  return { event, isEdgeToBlame: false };
}
