/**
 * What a speaker's page is doing, as a state machine. Pure.
 *
 * ```
 *   loading ─► naming (a shared invitation; its holder gets one of their own)
 *      │
 *      ├────► audience ◄──► waiting (in the line)          as a host decides, and back
 *      │          └──────┬──────┘
 *      ▼                 ▼
 *   unreachable      preparing ─► joining ─► on_stage ─► left ─► joining …
 *                                    ▲           │
 *                                    └── rejoining (our line) / stage_away (theirs), by itself
 *   removed: until a host lets them back · bad_invitation, ended: final
 * ```
 */
export type SpeakerKind =
  | "loading"
  | "unreachable"
  | "bad_invitation"
  | "naming"
  | "audience"
  | "waiting"
  | "preparing"
  | "joining"
  | "on_stage"
  | "rejoining"
  | "stage_away"
  | "left"
  | "removed"
  | "ended";

export type SpeakerEvent =
  | "shared"
  | "to_stage"
  | "to_line"
  | "to_audience"
  | "removed"
  | "unreachable"
  | "bad_invitation"
  | "join"
  | "joined"
  | "line_lost"
  | "stage_away"
  | "leave"
  | "ended";

const BEFORE = new Set<SpeakerKind>(["loading", "unreachable"]);
const BELOW_STAGE = new Set<SpeakerKind>(["loading", "unreachable", "audience", "waiting", "removed"]);
const WANTS_STAGE = new Set<SpeakerKind>(["joining", "on_stage", "rejoining", "stage_away"]);
const FINAL = new Set<SpeakerKind>(["bad_invitation", "ended", "naming"]);

/** True while the page holds a connection to the stage or looks for one. */
export function wantsStage(kind: SpeakerKind): boolean {
  return WANTS_STAGE.has(kind);
}

export function nextSpeaker(now: SpeakerKind, event: SpeakerEvent): SpeakerKind {
  if (FINAL.has(now)) return now;
  switch (event) {
    case "shared":
      return BEFORE.has(now) ? "naming" : now;
    case "to_stage":
      return BELOW_STAGE.has(now) ? "preparing" : now;
    case "to_line":
      return "waiting";
    case "to_audience":
      return "audience";
    case "removed":
      return "removed";
    case "unreachable":
      return now === "loading" ? "unreachable" : now;
    case "bad_invitation":
      return "bad_invitation";
    case "join":
      return now === "preparing" || now === "left" ? "joining" : now;
    case "joined":
      return wantsStage(now) ? "on_stage" : now;
    case "line_lost":
      return wantsStage(now) ? "rejoining" : now;
    case "stage_away":
      return wantsStage(now) ? "stage_away" : now;
    case "leave":
      return wantsStage(now) ? "left" : now;
    case "ended":
      return "ended";
  }
}

/** Where the crew's record puts somebody, as an event for their page. */
export function placeOf(me: { role: string; is_waiting?: boolean }): SpeakerEvent {
  if (me.role !== "listener") return "to_stage";
  return me.is_waiting ? "to_line" : "to_audience";
}
