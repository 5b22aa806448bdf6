/** After the end: when it was, how long it lasted, and what is true about a recording. */
import { html, nothing, type TemplateResult } from "lit";
import { dayOf, timeOf } from "../i18n/dates";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import type { Snapshot } from "../player/player";

export function after(now: Snapshot, speech: Speech<Words>): TemplateResult {
  const { words, locale } = speech;
  const when =
    now.endedMs === null
      ? null
      : words.endedAt(words.dayAt(dayOf(now.endedMs, now.serverMs, locale), timeOf(now.endedMs, locale)));
  const length = now.endedMs === null || now.onAirMs === null ? null : lengthOf(now.endedMs - now.onAirMs, speech);
  return html`<section class="after">
    ${when ? html`<p data-test="ended-at">${when} ${length ? words.lasted(length) : nothing}</p>` : nothing}
    ${now.hasReplay ? nothing : html`<p class="quiet" data-test="no-replay">${words.replayLater}</p>`}
    <p><a class="button" href="/">${words.others}</a></p>
  </section>`;
}

/** "1 h 12 min", "42 minutes"; a talk of seconds lasted a minute. */
export function lengthOf(lengthMs: number, speech: Speech<Words>): string {
  const minutes = Math.max(1, Math.round(lengthMs / 60_000));
  if (minutes < 60) return speech.words.minutes(minutes, speech.count(minutes));
  return speech.words.hoursMinutes(speech.count(Math.floor(minutes / 60)), String(minutes % 60).padStart(2, "0"));
}
