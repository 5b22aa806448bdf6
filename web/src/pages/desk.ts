/** The host's desk: on the air, pause, end, and the link for listeners. Drawn by the speaker's page. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../i18n/speak";
import type { Speaker, SpeakerSnapshot } from "../speaker/speaker";

const COPIED_MS = 2_000;

export class Desk {
  private isEnding = false;
  private isCopied = false;

  constructor(
    private readonly speaker: Speaker,
    private readonly redraw: () => void,
  ) {}

  /** What moves the Space: it stands above the stage, where a thumb that mutes does not come by. */
  switches(now: SpeakerSnapshot, words: Words): TemplateResult {
    return html`<section class="desk" aria-label=${words.hostDesk}>
      <div class="row">${this.isEnding ? this.endQuestion(words) : this.moves(now, words)}</div>
      ${now.refusal ? html`<p class="refusal" role="alert">${words.notDone(now.refusal)}</p>` : nothing}
    </section>`;
  }

  link(url: string, words: Words): TemplateResult {
    return html`<label class="field">
      <span>${words.listenerLink}</span>
      <span class="copy">
        <input readonly .value=${url} data-test="listen-url" @focus=${selectAll} />
        <button class="button" type="button" @click=${() => this.copy(url)}>
          ${this.isCopied ? words.copied : words.copy}
        </button>
      </span>
    </label>`;
  }

  private moves(now: SpeakerSnapshot, words: Words): TemplateResult {
    const isOnAir = now.spaceState === "on_air";
    const isPaused = now.spaceState === "paused";
    if (!isOnAir && !isPaused) {
      return html`<button class="button primary" data-test="on-air" @click=${() => this.move("on_air")}>
          ${words.goOnAir}
        </button>
        <span class="quiet small">${words.goOnAirHint}</span>`;
    }
    return html`
      ${isOnAir
        ? html`<button class="button" data-test="pause" @click=${() => this.move("paused")}>${words.pause}</button>`
        : html`<button class="button primary" data-test="on-air" @click=${() => this.move("on_air")}>
            ${words.resume}
          </button>`}
      <button class="button danger" data-test="end" @click=${() => this.askToEnd(true)}>${words.end}</button>
    `;
  }

  private endQuestion(words: Words): TemplateResult {
    return html`<span>${words.endAsk}</span>
      <button class="button danger sure" data-test="end-yes" @click=${() => this.end()}>${words.endYes}</button>
      <button class="button" data-test="end-no" @click=${() => this.askToEnd(false)}>${words.stay}</button>`;
  }

  private move(state: string): void {
    void this.speaker.moveSpace(state);
  }

  private askToEnd(isEnding: boolean): void {
    this.isEnding = isEnding;
    this.redraw();
  }

  private end(): void {
    this.isEnding = false;
    this.move("ended");
  }

  private async copy(url: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Not allowed outside a secure address: the field is there to be selected by hand.
      return;
    }
    this.isCopied = true;
    this.redraw();
    setTimeout(() => {
      this.isCopied = false;
      this.redraw();
    }, COPIED_MS);
  }
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}
