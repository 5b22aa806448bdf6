/** After the end: when it was, how long it lasted, and what is true about a recording that is not here (yet). */
import { html, nothing, type TemplateResult } from "lit";
import { dayOf, timeOf } from "../i18n/dates";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import { replayPollS } from "../player/patience";
import type { Snapshot } from "../player/player";

export function after(now: Snapshot, speech: Speech<Words>): TemplateResult {
  const { words } = speech;
  return html`<section class="after">
    ${endedLine(now, speech)}
    <p class="quiet" role="status" data-test="no-replay">${recordSentence(now, words)}</p>
    <p><a class="button" href="/">${words.others}</a></p>
  </section>`;
}

/** "It ended yesterday, 20:00. It lasted 42 minutes." */
export function endedLine(now: Snapshot, speech: Speech<Words>): TemplateResult | typeof nothing {
  const { words, locale } = speech;
  const when =
    now.endedMs === null
      ? null
      : words.endedAt(words.dayAt(dayOf(now.endedMs, now.serverMs, locale), timeOf(now.endedMs, locale)));
  const length = now.endedMs === null || now.onAirMs === null ? null : lengthOf(now.endedMs - now.onAirMs, speech);
  return when ? html`<p class="ended-at" data-test="ended-at">${when} ${length ? words.lasted(length) : nothing}</p>` : nothing;
}

/** Why there is nothing to hear, as far as the page was told. */
export function recordSentence(
  now: Pick<Snapshot, "isRecorded" | "hasReplay" | "endedMs" | "serverMs">,
  words: Pick<Words, "replayNone" | "replayPreparing" | "replayAway" | "replayLoading">,
): string {
  if (now.hasReplay) return words.replayLoading;
  if (!now.isRecorded) return words.replayNone;
  const endedAgoS = now.endedMs === null ? null : (now.serverMs - now.endedMs) / 1000;
  return replayPollS({ ...now, endedAgoS }) === null ? words.replayAway : words.replayPreparing;
}

/** "1 h 12 min", "42 minutes"; a talk of seconds lasted a minute. */
export function lengthOf(lengthMs: number, speech: Speech<Words>): string {
  const minutes = Math.max(1, Math.round(lengthMs / 60_000));
  if (minutes < 60) return speech.words.minutes(minutes, speech.count(minutes));
  return speech.words.hoursMinutes(speech.count(Math.floor(minutes / 60)), String(minutes % 60).padStart(2, "0"));
}
