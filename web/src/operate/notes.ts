/** A line of the house's own log as a sentence. Pure. What is not known here is told as it came, never hidden. */
import type { NoteTold } from "../api/told";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/operate";
import { percent } from "./steps";

/** Felt by an edge when it took a step: what is too high is the reason. */
interface Felt {
  readonly line?: number;
  readonly late_ms?: number;
  readonly slow?: number;
  readonly queue_ms?: number;
}

export function noteSentence(note: NoteTold, speech: Speech<Words>): string {
  const { words } = speech;
  const fact = (name: string): string => String(note.facts[name] ?? "");
  const edge = fact("edge");
  switch (note.kind) {
    case "edge_came":
      return words.noteEdgeCame(edge);
    case "edge_left":
      return words.noteEdgeLeft(edge);
    case "edge_lost":
      return words.noteEdgeLost(edge, speech.count(Number(note.facts["listeners"] ?? 0)));
    case "edge_back":
      return words.noteEdgeBack(edge);
    case "edge_restarted":
      return words.noteEdgeRestarted(edge);
    case "edge_part_silent":
      return words.noteEdgePart(edge);
    case "ladder":
      return [words.noteLadder(edge, changes(note, words)), felt(note.facts["felt"] as Felt | undefined, speech)]
        .filter((part) => part !== "")
        .join(" ");
    case "ladder_order":
      return words.noteOrder(edge, fact("by"), changes(note, words));
    case "space_ended":
      return words.noteSpaceEnded(fact("space"));
    case "space_removed":
      return words.noteSpaceRemoved(fact("space"));
    case "stage_died":
      return words.noteStageDied(fact("space"));
    case "role_died":
      return words.noteRoleDied(fact("role"));
    case "webhook_off":
      return words.noteWebhookOff(fact("webhook"), fact("because"));
    case "unsealed":
      return words.noteUnsealed(fact("space"));
    default:
      return `${note.kind} ${JSON.stringify(note.facts)}`;
  }
}

/** A step is told as `[before, now]`, an order as what was wanted. */
function changes(note: NoteTold, words: Words): string {
  const now = (name: string): string | null => {
    const told = note.facts[name] as unknown;
    if (told === undefined) return null;
    return String(Array.isArray(told) ? told[1] : told);
  };
  const says: Record<string, string> = {
    auto: words.forceAuto,
    on: words.forceOn,
    off: words.forceOff,
    paced: words.notePaced,
    high: words.forceHigh,
    low: words.forceLow,
  };
  const names = { extras: words.forceExtras, rung: words.forceRung, cadence: words.forceCadence };
  return Object.entries(names)
    .flatMap(([name, label]) => {
      const value = now(name);
      return value === null ? [] : `${label.toLowerCase()} ${says[value]?.toLowerCase() ?? value}`;
    })
    .join(", ");
}

function felt(told: Felt | undefined, speech: Speech<Words>): string {
  const { words } = speech;
  if (!told) return "";
  const parts = [
    told.line === undefined ? "" : words.feltLine(words.edgePercent(speech.count(percent(told.line)))),
    told.late_ms === undefined ? "" : words.feltLate(speech.count(Math.round(told.late_ms))),
    told.slow ? words.feltSlow(words.edgePercent(speech.count(percent(told.slow)))) : "",
    told.queue_ms === undefined ? "" : words.feltQueue(speech.count(Math.round(told.queue_ms))),
  ].filter((part) => part !== "");
  return parts.length ? words.felt(parts.join(", ")) : "";
}
