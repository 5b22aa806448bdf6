/** The replay's buttons: play, jump, speed, silence. */
import { html, nothing, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import { play } from "../ui/icons";
import { ahead15, back15, chapterBack, chapterNext, pause, silence } from "../ui/replay-icons";
import type { Deed } from "./keys";
import { RATES } from "./rates";

export interface TransportView {
  readonly isPlaying: boolean;
  readonly rate: number;
  readonly skipsSilence: boolean;
  readonly hasChapters: boolean;
  /** Nobody knows where the silences are while the talk still runs. */
  readonly knowsSilence: boolean;
  readonly speech: ReplaySpeech;
  do(deed: Deed): void;
  setRate(rate: number): void;
}

export function transport(view: TransportView): TemplateResult {
  const { words } = view.speech;
  const button = (deed: Deed, label: string, icon: unknown): TemplateResult =>
    html`<button class="round" data-test=${deed} aria-label=${label} title=${label} @click=${() => view.do(deed)}>${icon}</button>`;
  return html`<div class="transport">
    ${speed(view)} ${view.hasChapters ? button("previous_chapter", words.chapterPrevious, chapterBack) : nothing}
    ${button("back", words.replayBack, back15)}
    <button class="round play" data-test="play" aria-label=${view.isPlaying ? words.replayPause : words.replayPlay} @click=${() => view.do("play")}>
      ${view.isPlaying ? pause : play}
    </button>
    ${button("ahead", words.replayAhead, ahead15)} ${view.hasChapters ? button("next_chapter", words.chapterFollowing, chapterNext) : nothing}
    ${view.knowsSilence
      ? html`<button class="round" data-test="silence" aria-pressed=${view.skipsSilence} aria-label=${words.skipSilence} title=${words.skipSilence} @click=${() => view.do("silence")}>${silence}</button>`
      : nothing}
  </div>`;
}

/** The browser's own list: it opens as a wheel on a phone and by letters on a desk. */
function speed({ rate, speech, setRate }: TransportView): TemplateResult {
  const shown = (one: number): string => `${one.toLocaleString(speech.language)}×`;
  return html`<label class="speed"><span class="unseen">${speech.words.replayRate}</span>
    <select data-test="rate" @change=${(event: Event) => setRate(Number((event.target as HTMLSelectElement).value))}>
      ${RATES.map((one) => html`<option value=${one} ?selected=${one === rate}>${shown(one)}</option>`)}
    </select>
  </label>`;
}
