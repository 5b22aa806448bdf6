/**
 * The line's clock, read and checked: one public object per Space and second, the same for everybody.
 *
 * Mirrors `stentor/admission/line/line_clock.py`; fields in docs/PROTOCOL.md. The one place that knows their names.
 */
export type Doors = "lobby" | "open" | "held" | "over";
export type Why = "none" | "seats" | "line" | "joins" | "host";

export interface LineClock {
  readonly number: number;
  readonly atMs: number;
  readonly doors: Doors;
  /** When they opened; null: not yet. */
  readonly doorsMs: number | null;
  readonly why: Why;
  readonly called: Place;
  /** Tickets by bucket from the called one on: first bucket, and how many up to the next entry's. */
  readonly arrivals: readonly (readonly [first: number, count: number])[];
  /** Share of called tickets whose holders come. */
  readonly show: number;
  /** People who were called and are on their way. */
  readonly coming: number;
  readonly admitsPerS: number;
  readonly room: number;
  /** What the doors could let in, were there room. */
  readonly joinsPerS: number;
  readonly leavesPerS: number;
  /** Share of those who wait that gives up in a second. */
  readonly givesUpPerS: number;
  readonly waiting: number;
  readonly admitted: number;
  readonly pollS: number;
  /** Say so often that you are still here; 0: nobody asks. */
  readonly hereS: number;
  /** 0 is calm; 1 to 3: proof of work of this effort is worth while. */
  readonly heat: number;
  /** Who waits may hear the low rung. */
  readonly hears: boolean;
  /** SHA-256 of the draw's seed, hexadecimal; published from the beginning. */
  readonly commitment: string;
  /** Hexadecimal, once the doors have opened. */
  readonly seed: string | null;
}

/** A point of the line; compared by bucket, then by draw. */
export interface Place {
  readonly bucket: number;
  readonly draw: number;
}

export const DRAWS = 2 ** 32;
const DOORS: readonly Doors[] = ["lobby", "open", "held", "over"];
const WHYS: readonly Why[] = ["none", "seats", "line", "joins", "host"];
/** A page that is told nonsense asks neither all the time nor never. */
const POLL_S_MIN = 1;
const POLL_S_MAX = 120;

export function isBefore(one: Place, other: Place): boolean {
  return one.bucket < other.bucket || (one.bucket === other.bucket && one.draw < other.draw);
}

/** @returns null: this is no clock. A clock of a newer house with more fields is one. */
export function clockFrom(json: unknown): LineClock | null {
  if (typeof json !== "object" || json === null) return null;
  const told = json as Record<string, unknown>;
  const doors = DOORS.find((known) => known === told["doors"]);
  const [bucket, draw] = pair(told["called"]) ?? [0, 0];
  if (!doors) return null;
  return {
    number: number(told["number"]),
    atMs: number(told["at_ms"]),
    doors,
    doorsMs: typeof told["doors_ms"] === "number" ? told["doors_ms"] : null,
    why: WHYS.find((known) => known === told["why"]) ?? "none",
    called: { bucket, draw },
    arrivals: Array.isArray(told["arrivals"]) ? told["arrivals"].flatMap((one) => [pair(one)].filter((found) => found !== null)) : [],
    show: number(told["show"], 1),
    coming: number(told["coming"]),
    admitsPerS: number(told["admits_per_s"]),
    room: number(told["room"]),
    joinsPerS: number(told["joins_per_s"]),
    leavesPerS: number(told["leaves_per_s"]),
    givesUpPerS: number(told["gives_up_per_s"]),
    waiting: number(told["waiting"]),
    admitted: number(told["admitted"]),
    pollS: Math.min(POLL_S_MAX, Math.max(POLL_S_MIN, number(told["poll_s"], 5))),
    hereS: number(told["here_s"]),
    heat: number(told["heat"]),
    hears: told["hears"] === true,
    commitment: typeof told["commitment"] === "string" ? told["commitment"] : "",
    seed: typeof told["seed"] === "string" ? told["seed"] : null,
  };
}

function number(value: unknown, otherwise = 0): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

function pair(value: unknown): [number, number] | null {
  return Array.isArray(value) && value.length === 2 ? [number(value[0]), number(value[1])] : null;
}
