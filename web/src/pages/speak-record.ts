/** What a speaker must know of the recording: before they join what is kept, after the end the way to it and out of it. */
import { html, nothing, type TemplateResult } from "lit";
import { dayOf } from "../i18n/dates";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/speak";
import type { Me } from "../api/told";
import type { OwnRecord } from "../speaker/own-record";
import { undo } from "../ui/host-icons";

/** Said before anybody joins: a few lines, in plain words. */
export function recorded(me: Me | null, { words, locale }: Speech<Words>, nowMs: number): TemplateResult | typeof nothing {
  if (!me) return nothing;
  if (!me.space.is_recorded) return html`<p class="quiet small" data-test="not-recorded">${words.notRecorded}</p>`;
  const until = me.record?.keep_until_ms ?? null;
  return html`<section class="recorded" aria-labelledby="recorded-title" data-test="recorded">
    <h2 id="recorded-title">${words.recordedTitle}</h2>
    <p>
      ${me.record?.is_published === false ? words.recordedHosts : words.recordedWho}
      ${until === null ? words.recordedEver : words.recordedUntil(dayOf(until, nowMs, locale))}
    </p>
    <p>${words.recordedMachine}${me.sent_to ? html` <span data-test="sent-to">${words.recordedSent(me.sent_to)}</span>` : nothing}</p>
    <p>${words.recordedOut}</p>
  </section>`;
}

/** After the end. @param me null: who was taken off the stage is told only what is kept of them. */
export function ownRecord(me: Me | null, own: OwnRecord, { words }: Speech<Words>): TemplateResult | typeof nothing {
  const told = own.told ?? me?.record ?? null;
  if (me ? !me.space.is_recorded || me.person === null : told === null) return nothing;
  if (told?.is_unwanted) return html`<p class="quiet" data-test="record-gone">${words.recordDeleted}</p>`;
  return html`<section class="own-record" data-test="own-record" data-removal=${told?.removal ?? "none"}>
    ${told?.has_replay && me
      ? html`<p><a class="button primary" data-test="replay-link" href=${me.listen_url}>${words.replayGo}</a></p>`
      : nothing}
    ${removal(told?.removal ?? "none", told?.is_own_wish ?? false, own, words)}
    ${own.refusal ? html`<p class="refusal" role="alert" data-test="refusal">${words.notDone(own.refusal)}</p>` : nothing}
  </section>`;
}

function removal(stage: "none" | "waiting" | "done", isOwn: boolean, own: OwnRecord, words: Words): TemplateResult {
  if (stage === "done") return html`<p role="status">${words.outDone}</p>`;
  if (stage === "waiting") {
    return html`<p role="status" data-test="out-waiting">${isOwn ? words.outWaiting : words.outByHost}</p>
      ${isOwn ? html`<button class="button" data-test="out-undo" @click=${() => void own.stay()}>${undo}${words.outUndo}</button>` : nothing}`;
  }
  return html`<h2>${words.outTitleOwn}</h2>
    <p class="quiet">${words.outHow}</p>
    <button class="button" data-test="out" @click=${() => void own.remove()}>${words.outGo}</button>`;
}
