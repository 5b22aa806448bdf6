/** Below the stage: who are you, in the audience, in the line, taken out. Drawn by the speaker's page. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../i18n/speak";
import type { Speech } from "../i18n/language";
import type { Speaker, SpeakerSnapshot } from "../speaker/speaker";

const NAME_LENGTH_MAX = 60;
const NOTE_LENGTH_MAX = 140;

/** A shared invitation: its holder gives a name and gets a link of their own. */
export function naming(speaker: Speaker, now: SpeakerSnapshot, words: Words): TemplateResult {
  const claim = (event: SubmitEvent): void => {
    event.preventDefault();
    void speaker.claim(String(new FormData(event.currentTarget as HTMLFormElement).get("name")));
  };
  return html`<form class="card" @submit=${claim}>
      <label class="field">
        <span>${words.namingLabel}</span>
        <input name="name" required maxlength=${NAME_LENGTH_MAX} autocomplete="name" data-test="name" />
      </label>
      <p class="quiet small">${words.namingHint}</p>
      <button class="button primary big" data-test="claim">${words.namingGo}</button>
    </form>
    ${refusal(now, words)}`;
}

/** In the audience: listening goes on elsewhere, asking to speak goes on here. */
export function audience(speaker: Speaker, now: SpeakerSnapshot, words: Words, wasMoved: boolean): TemplateResult {
  const ask = (event: SubmitEvent): void => {
    event.preventDefault();
    void speaker.ask(String(new FormData(event.currentTarget as HTMLFormElement).get("note")));
  };
  return html`<p class="sentence" data-test="state-line" role="status">${wasMoved ? words.audienceMoved : words.audienceYou}</p>
    <form class="card" @submit=${ask}>
      <label class="field">
        <span>${words.askAboutLabel}</span>
        <input name="note" maxlength=${NOTE_LENGTH_MAX} autocomplete="off" data-test="note" />
      </label>
      <p class="quiet small">${words.askAboutHint}</p>
      <button class="button primary big" data-test="ask">${words.askGo}</button>
    </form>
    ${refusal(now, words)} ${listenLink(now, words.listenMeanwhile)}`;
}

/** In the line. @param preparation the microphone, which can be tried meanwhile. */
export function waiting(
  speaker: Speaker,
  now: SpeakerSnapshot,
  { words, count }: { words: Words; count: Speech["count"] },
  preparation: TemplateResult,
): TemplateResult {
  const place = now.me?.place ?? null;
  const isReady = now.microphone === "open";
  return html`<div class="in-line">
      ${place === null
        ? nothing
        : html`<p class="place" data-test="place" role="status">
            <span class="figure" aria-hidden="true">${count(place)}</span>
            <span>${place === 1 ? words.waitingNext : words.waitingPlace(place, count(place))}</span>
          </p>`}
      <p class="sentence" data-test="state-line">${words.waitingHow}</p>
      ${now.me?.note ? html`<p class="quiet">${words.waitingNoted(now.me.note)}</p>` : nothing}
    </div>
    <p class="ready ${isReady ? "" : "quiet"}" role="status" data-test="ready">${isReady ? words.waitingReady : words.waitingTry}</p>
    ${preparation} ${refusal(now, words)}
    <div class="row after">
      ${listenLink(now, words.listenMeanwhile)}
      <button class="button leave" data-test="stop-asking" @click=${() => void speaker.stopAsking()}>${words.stopAsking}</button>
    </div>`;
}

export function removed(now: SpeakerSnapshot, words: Words): TemplateResult {
  return html`<div class="notice">
    <h1>${words.removedTitle}</h1>
    <p class="quiet" data-test="state-line" role="status">${words.removedText}</p>
    ${listenLink(now, words.removedListen)}
  </div>`;
}

function listenLink(now: SpeakerSnapshot, label: string): TemplateResult | typeof nothing {
  return now.me ? html`<a class="button" data-test="listen-link" href=${now.me.listen_url}>${label}</a>` : nothing;
}

function refusal(now: SpeakerSnapshot, words: Words): TemplateResult | typeof nothing {
  return now.refusal ? html`<p class="refusal" role="alert" data-test="refusal">${words.notDone(now.refusal)}</p>` : nothing;
}
