/**
 * What a listener is told, as a state machine. Pure: events in, state out; times come in.
 *
 * ```
 *   loading ─► ready ─► connecting ─► live ◄─► catching_up        waiting: not on the air yet
 *      │         ▲ stop      ▲          │                         unknown: no such Space
 *      ▼         └───────────┼── rejoining (our line) / stage_silent (theirs) / intermission (paused) / ending
 *   unreachable              └─ chunks arrive again               ended: over, from anywhere
 *                connecting ─► in_line ─► connecting              in_line: no seat yet, a place; busy: asked to come back
 *                                                                no_output, broken: the machine's fault; a press tries again
 * ```
 */

import type { Trouble } from "./trouble";

export type Kind =
  | "loading"
  | "unreachable"
  | "unknown"
  | "waiting"
  | "ready"
  | "connecting"
  /** Too many ask at once; it is tried again when the house said. */
  | "busy"
  /** There is no seat yet; the place in the line is kept, whether they want to hear at once or not. */
  | "in_line"
  | "live"
  | "catching_up"
  | "intermission"
  /** The hosts end it; for some seconds they can change their mind. */
  | "ending"
  | "rejoining"
  | "stage_silent"
  | "no_output"
  | "broken"
  | "ended";

export interface Listener {
  readonly kind: Kind;
  /** The listener pressed Listen and has not pressed Stop: what is lost is looked for again, by itself. */
  readonly wants: boolean;
  /** When the state began that a sentence counts from, wall time. */
  readonly sinceMs: number;
}

export type Event =
  /** `space.json` answered; `state` is the Space's, or why there is none. */
  | { readonly type: "space"; readonly state: string }
  | { readonly type: "listen" }
  | { readonly type: "stop" }
  /** A chunk came in. */
  | { readonly type: "arrived" }
  /** Sound is coming out of the speaker. `programme` is the Space's state at the ear. */
  | { readonly type: "heard"; readonly isHurrying: boolean; readonly programme: string }
  /** No bytes, or the connection broke, while the Space goes on. */
  | { readonly type: "lost" }
  /** The edge answers but has nothing newer: the stage is away. `sinceMs`: when its last sound ended. */
  | { readonly type: "stage_silent"; readonly sinceMs: number }
  | { readonly type: "not_on_air" }
  | { readonly type: "busy" }
  | { readonly type: "in_line"; readonly retryAfterS: number | null }
  /** The line has come to this place. */
  | { readonly type: "called" }
  | { readonly type: "missing" }
  /** The machine cannot go on with sound that has arrived. */
  | { readonly type: "failed"; readonly why: Trouble }
  /** The player is being built anew, by itself. */
  | { readonly type: "again" }
  | { readonly type: "over" };

export const FIRST: Listener = { kind: "loading", wants: false, sinceMs: 0 };

const HEARING = new Set<Kind>(["connecting", "busy", "live", "catching_up", "intermission", "ending"]);
const PRESSABLE = new Set<Kind>(["ready", "loading", "unreachable", "no_output", "broken"]);
const AWAY = new Set<Kind>(["rejoining", "stage_silent"]);
const FAILED = new Set<Kind>(["no_output", "broken"]);
const SETTLED = new Set<Kind>(["ended", "unknown"]);

/** True while a stream is open or being opened. */
export function isTunedIn(listener: Listener): boolean {
  return HEARING.has(listener.kind) || AWAY.has(listener.kind);
}

export function next(now: Listener, event: Event, nowMs: number): Listener {
  const kind = nextKind(now, event);
  const wants = event.type === "listen" ? true : event.type === "stop" || SETTLED.has(kind) || FAILED.has(kind) ? false : now.wants;
  if (event.type === "stage_silent" && kind === "stage_silent") return { kind, wants, sinceMs: event.sinceMs };
  return kind === now.kind && wants === now.wants ? now : { kind, wants, sinceMs: nowMs };
}

function nextKind(now: Listener, event: Event): Kind {
  if (SETTLED.has(now.kind)) return now.kind;
  const tunedIn = isTunedIn(now);
  switch (event.type) {
    case "space":
      return tunedIn ? now.kind : kindOfSpace(now, event.state);
    case "listen":
      return PRESSABLE.has(now.kind) ? "connecting" : now.kind;
    case "stop":
      return tunedIn || now.kind === "in_line" ? "ready" : now.kind;
    case "arrived":
      return AWAY.has(now.kind) ? "catching_up" : now.kind;
    case "heard":
      return HEARING.has(now.kind) ? kindHeard(event.programme, event.isHurrying) : now.kind;
    case "lost":
      return tunedIn && now.kind !== "connecting" && now.kind !== "busy" ? "rejoining" : now.kind;
    case "stage_silent":
      return tunedIn ? "stage_silent" : now.kind;
    case "failed":
      return tunedIn ? event.why : now.kind;
    case "again":
      return tunedIn ? "connecting" : now.kind;
    case "not_on_air":
      return tunedIn ? "waiting" : now.kind;
    case "busy":
      return now.kind === "connecting" ? "busy" : now.kind;
    case "in_line":
      return tunedIn || now.kind === "ready" ? "in_line" : now.kind;
    case "called":
      return now.kind === "in_line" && now.wants ? "connecting" : now.kind;
    case "missing":
      return "unknown";
    case "over":
      return "ended";
  }
}

function kindHeard(programme: string, isHurrying: boolean): Kind {
  if (programme === "ended") return "ended";
  if (programme === "paused") return "intermission";
  if (programme === "ending") return "ending";
  return isHurrying ? "catching_up" : "live";
}

function kindOfSpace(now: Listener, state: string): Kind {
  switch (state) {
    case "unreachable":
      // The line goes on without us, and the waiting page says when it was last told something.
      return now.kind === "in_line" ? now.kind : state;
    case "unknown":
    case "ended":
      return state;
    case "on_air":
    case "paused":
    case "ending":
      // What was said about this machine stays true until somebody tries again.
      if (now.kind === "in_line") return now.kind;
      return now.wants ? "connecting" : FAILED.has(now.kind) ? now.kind : "ready";
    default:
      return "waiting";
  }
}
