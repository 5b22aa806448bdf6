/**
 * `space.json`, read and checked. The one place that knows its fields.
 */
import type { Person, Question } from "./tick";

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
  /** Plain text; line breaks are kept. */
  readonly description: string;
  /** What the line says of the doors: `lobby`, `open`, `held`; null: no line speaks. */
  readonly doors: string | null;
  /** When it is announced for, the server's time; null: whenever its host comes. */
  readonly startsMs: number | null;
  /** Names, also before anybody is on stage. */
  readonly hosts: readonly string[];
  readonly isPrivate: boolean;
  readonly onAirMs: number | null;
  readonly endedMs: number | null;
  readonly hasReplay: boolean;
  /** What is said is kept. */
  readonly isRecorded: boolean;
  /** It runs and can be heard from its beginning. */
  readonly canRewind: boolean;
  readonly hasExtras: boolean;
  readonly question: Question | null;
  readonly hands: number;
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
    description: typeof json["description"] === "string" ? json["description"] : "",
    doors: typeof json["line"] === "string" ? json["line"] : null,
    startsMs: numberOrNull(json["starts_ms"]),
    hosts: strings(json["hosts"]),
    isPrivate: json["is_private"] === true,
    onAirMs: numberOrNull(json["on_air_ms"]),
    endedMs: numberOrNull(json["ended_ms"]),
    hasReplay: json["has_replay"] === true,
    isRecorded: json["is_recorded"] === true,
    canRewind: json["can_rewind"] === true,
    hasExtras: json["extras"] !== "off",
    question: (json["question"] as Question | null | undefined) ?? null,
    hands: numberOrNull(json["hands"]) ?? 0,
    edges: strings(json["edges"]),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
