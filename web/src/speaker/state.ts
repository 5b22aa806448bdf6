/**
 * What a speaker's page is doing, as a state machine. Pure.
 *
 * ```
 *   loading ─► preparing ─► joining ─► on_stage ─► left ─► joining …
 *      │                       ▲           │
 *      ▼                       │           ▼
 *   unreachable                └── rejoining (our line) / stage_away (theirs), by itself
 *   bad_invitation, ended: final
 * ```
 */
export type SpeakerKind =
  | "loading"
  | "unreachable"
  | "bad_invitation"
  | "preparing"
  | "joining"
  | "on_stage"
  | "rejoining"
  | "stage_away"
  | "left"
  | "ended";

export type SpeakerEvent =
  | "invited"
  | "unreachable"
  | "bad_invitation"
  | "join"
  | "joined"
  | "line_lost"
  | "stage_away"
  | "leave"
  | "ended";

const WANTS_STAGE = new Set<SpeakerKind>(["joining", "on_stage", "rejoining", "stage_away"]);
const FINAL = new Set<SpeakerKind>(["bad_invitation", "ended"]);

/** True while the page holds a connection to the stage or looks for one. */
export function wantsStage(kind: SpeakerKind): boolean {
  return WANTS_STAGE.has(kind);
}

export function nextSpeaker(now: SpeakerKind, event: SpeakerEvent): SpeakerKind {
  if (FINAL.has(now)) return now;
  switch (event) {
    case "invited":
      return now === "loading" || now === "unreachable" ? "preparing" : now;
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
