/** `spaces.json`, read, checked and put into its three parts. Pure. */

export interface Entry {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly state: string;
  readonly startsMs: number | null;
  readonly endedMs: number | null;
  /** On stage; null while the edge does not follow the Space. */
  readonly people: number | null;
  readonly hosts: readonly string[];
}

export interface Part {
  readonly kind: "on_air" | "coming" | "earlier";
  readonly entries: readonly Entry[];
}

/** What can be heard now; paused after the rest. */
const ON_AIR = ["on_air", "ending", "paused"];

/** @throws TypeError it is not the list: the caller treats that as no answer. */
export function spacesFrom(json: { readonly items?: unknown }): readonly Entry[] {
  if (!Array.isArray(json.items)) throw new TypeError("spaces.json has no items.");
  return (json.items as Record<string, unknown>[]).map((item) => ({
    id: String(item["id"]),
    title: String(item["title"] ?? ""),
    description: typeof item["description"] === "string" ? item["description"] : "",
    state: String(item["state"] ?? ""),
    startsMs: numberOrNull(item["starts_ms"]),
    endedMs: numberOrNull(item["ended_ms"]),
    people: numberOrNull(item["people"]),
    hosts: Array.isArray(item["hosts"]) ? item["hosts"].map(String) : [],
  }));
}

/** Only parts that have something in them; the soonest comes first, and the latest of what has been. */
export function parts(entries: readonly Entry[]): readonly Part[] {
  const onAir = entries.filter(({ state }) => ON_AIR.includes(state));
  const earlier = entries.filter(({ state }) => state === "ended");
  const coming = entries.filter((entry) => !onAir.includes(entry) && !earlier.includes(entry));
  const all: readonly Part[] = [
    { kind: "on_air", entries: onAir.sort((a, b) => ON_AIR.indexOf(a.state) - ON_AIR.indexOf(b.state)) },
    { kind: "coming", entries: coming.sort((a, b) => (a.startsMs ?? Infinity) - (b.startsMs ?? Infinity) || 0) },
    { kind: "earlier", entries: earlier.sort((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0)) },
  ];
  return all.filter((part) => part.entries.length > 0);
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
