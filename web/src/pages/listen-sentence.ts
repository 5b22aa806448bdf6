/**
 * What the listener's page says about the sound and the Space, in words. Pure: a snapshot and the words in, text out.
 */
import type { PlayerWords } from "../i18n/en/player";
import type { SharedWords } from "../i18n/en/shared";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import type { Snapshot } from "../player/player";
import type { Kind } from "../player/state";

/** What colour the state line has; the sentence always says the same in words. */
export const TONES: Partial<Record<Kind, "live" | "trouble">> = {
  live: "live",
  catching_up: "live",
  rejoining: "trouble",
  stage_silent: "trouble",
  no_output: "trouble",
  broken: "trouble",
};

type Said = PlayerWords & SharedWords;

/** The sentence with its figures; `spoken` is the same without them, so that a screen reader is not kept busy. */
export function sentence(now: Snapshot, speech: Speech<Said>): string {
  const { words } = speech;
  if (now.listener.kind === "live" && now.latencyS !== null) {
    return words.stateLiveFigure(speech.seconds(Math.max(0, now.latencyS)));
  }
  if (now.listener.kind === "stage_silent") {
    const agoS = Math.max(0, Math.round((Date.now() - now.listener.sinceMs) / 1000));
    return words.stateStageSilentFigure(speech.count(agoS));
  }
  return spoken(now, words);
}

export function spoken(now: Pick<Snapshot, "listener">, words: Said): string {
  switch (now.listener.kind) {
    case "loading":
      return words.stateLoading;
    case "unreachable":
      return `${words.unreachableTitle}. ${words.stateUnreachable}`;
    case "unknown":
      return words.stateUnknown;
    case "waiting":
      return now.listener.wants ? words.stateWaitingArmed : words.stateWaiting;
    case "ready":
      return words.stateReady;
    case "connecting":
      return words.stateConnecting;
    case "busy":
      return words.stateBusy;
    case "in_line":
      return words.stateInLine;
    case "live":
      return words.stateLive;
    case "catching_up":
      return words.stateCatchingUp;
    case "intermission":
      return words.stateIntermission;
    case "ending":
      return words.stateEnding;
    case "rejoining":
      return words.stateRejoining;
    case "stage_silent":
      return words.stateStageSilent;
    case "no_output":
      return words.stateNoOutput;
    case "broken":
      return words.stateBroken;
    case "ended":
      return words.stateEnded;
  }
}

/** What the Space is doing, in a word; null while that is not known. */
export function programmeTag(now: Snapshot, words: Said): readonly [text: string | null, isOnAir: boolean] {
  const { kind } = now.listener;
  if (kind === "waiting") return [words.notYet, false];
  if (kind === "ended") return [words.ended, false];
  if (kind === "loading" || kind === "unreachable" || kind === "unknown") return [null, false];
  if (now.programme === "paused") return [words.pausedByHosts, false];
  return now.programme === "ending" ? [words.ending, false] : [words.onAir, true];
}

/** Who leads while the host's connection is lost; null while all is as it should be, or nothing was said. */
export function awaySentence(now: Pick<Snapshot, "people" | "lead">, words: Words): string | null {
  const host = now.people.find(({ role }) => role === "host");
  if (now.lead === undefined || (host && !host.away)) return null;
  const lead = now.people.find(({ id }) => id === now.lead);
  if (host && lead && lead.id !== host.id) return words.hostAway(host.name, lead.name);
  // A Space may be led from elsewhere: only a host who was here and is away has lost a connection.
  const isLost = now.people.some(({ role, away }) => away && (role === "host" || role === "cohost"));
  return now.lead === null && isLost ? words.hostsAway : null;
}

/** "48,210 hearing · 3,904 waiting · 3 hands"; only what is true and known. */
export function audienceLine(now: Pick<Snapshot, "hearing" | "waiting" | "hands">, speech: Speech<Words>): string {
  const { words } = speech;
  return [
    now.hearing === null ? null : words.hearing(now.hearing, speech.count(now.hearing)),
    now.waiting > 0 ? words.waiting(speech.count(now.waiting)) : null,
    now.hands > 0 ? words.hands(now.hands, speech.count(now.hands)) : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
