/** A range of the record that becomes a file. Pure: the edge cuts it (`clip.m4a`). */
import type { Moment } from "./moment";

/** What an edge cuts at most. */
export const CLIP_S_MAX = 600;
const CLIP_S_MIN = 1;
/** What a clip is before somebody moves its handles. */
const FIRST_S = 30;

export interface Clip {
  readonly fromS: number;
  readonly toS: number;
}

/** Around a moment: a little before it, since one presses after one has heard. */
export function clipAround(atS: number, durationS: number): Clip {
  const fromS = Math.max(0, Math.min(atS - FIRST_S / 3, durationS - FIRST_S));
  return { fromS, toS: Math.min(durationS, fromS + FIRST_S) };
}

/** One handle is moved; the other one gives way where it must. */
export function moved(clip: Clip, handle: "from" | "to", toS: number, durationS: number): Clip {
  const at = Math.min(durationS, Math.max(0, toS));
  if (handle === "from") {
    const fromS = Math.min(at, durationS - CLIP_S_MIN);
    return { fromS, toS: Math.min(fromS + CLIP_S_MAX, Math.max(clip.toS, fromS + CLIP_S_MIN)) };
  }
  const endS = Math.max(at, CLIP_S_MIN);
  return { fromS: Math.max(endS - CLIP_S_MAX, Math.min(clip.fromS, endS - CLIP_S_MIN)), toS: endS };
}

export function momentOf({ fromS, toS }: Clip): Moment {
  return { fromS, toS };
}

/** Below `/s/<name>/`. */
export function clipFile({ fromS, toS }: Clip): string {
  return `clip.m4a?from_ms=${Math.round(fromS * 1000)}&to_ms=${Math.round(toS * 1000)}`;
}
