/**
 * `space.json`, read and checked. The one place that knows its fields.
 */
import type { Person } from "./tick";

export interface Space {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  /** Wall time of the Space's sample 0; null before it first went on the air. */
  readonly epochMs: number | null;
  /** The newest chunk the edge has. */
  readonly head: number | null;
  /** The edge's clock when it answered. */
  readonly nowMs: number;
  readonly people: readonly Person[];
  /** Every edge of the house, as listeners reach them; may be empty. */
  readonly edges: readonly string[];
}

/** An answer, or why there is none. */
export type SpaceAnswer = Space | "unknown" | "unreachable";

const TIMEOUT_MS = 4_000;

/** Asks an edge. Waits at most four seconds; never throws. @param base empty: the one that served the page. */
export async function fetchSpace(id: string, base = ""): Promise<SpaceAnswer> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(`${base}/s/${id}/space.json`, { signal, cache: "no-store" });
    if (answer.status === 404) return "unknown";
    if (!answer.ok) return "unreachable";
    return spaceFrom(await answer.json());
  } catch {
    // Whatever it was (no network, an answer that is not JSON), the listener's next step is the same: wait.
    return "unreachable";
  }
}

export function spaceFrom(json: Record<string, unknown>): Space {
  return {
    id: String(json["id"]),
    title: String(json["title"] ?? ""),
    state: String(json["state"] ?? ""),
    epochMs: numberOrNull(json["epoch_ms"]),
    head: numberOrNull(json["head"]),
    nowMs: numberOrNull(json["now_ms"]) ?? Date.now(),
    people: Array.isArray(json["people"]) ? (json["people"] as Person[]) : [],
    edges: Array.isArray(json["edges"]) ? json["edges"].filter((url): url is string => typeof url === "string") : [],
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
