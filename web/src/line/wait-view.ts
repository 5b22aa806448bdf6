/** The line on a page: place, wait as a range, why, what happens next. Calm: figures move in place, nothing spins. */
import { html, nothing, type TemplateResult } from "lit";
import { LINE, type LineWords } from "../i18n/line";
import { Speech, type Language } from "../i18n/language";
import { mark, play } from "../ui/icons";
import { Along } from "./along";
import type { Line } from "./line";
import { figures, told, wait, why } from "./said";
import type { Standing } from "./standing";
import "./wait.css";

export interface Presses {
  listen(): void;
  leave(): void;
}

export class WaitView {
  private spoken: Speech<LineWords> | null = null;
  private readonly along: Along;

  constructor(
    address: () => string,
    private readonly redraw: () => void,
  ) {
    this.along = new Along(address, redraw);
  }

  /** Called at each drawing: whoever is in hears the real sound. */
  look(now: Standing | null): void {
    if (!now?.hears || now.isCalled) this.along.stop();
  }

  /** What a tab in the background shows. */
  title(now: Standing | null, language: Language): string {
    return now?.isCalled ? this.speech(language).words.turnTitle : "";
  }

  /** In the lobby: beside the countdown. Small while there are more seats than people. */
  draw(line: Line, language: Language): TemplateResult | typeof nothing {
    const now = line.standing;
    const speech = this.speech(language);
    const { words } = speech;
    if (!now?.isDraw || !now.hasTicket) return nothing;
    return html`<section class="wait" aria-labelledby="wait-title" data-test="draw">
      <h2 id="wait-title">${words.drawTitle}</h2>
      <p class="figure-line"><strong data-test="drawn">${speech.count(now.waiting)}</strong> ${words.drawCount(now.waiting)}</p>
      <p>${now.room > 0 && now.waiting <= now.room ? words.drawRoom : words.drawHow}</p>
      ${this.below(line, now, speech)}
    </section>`;
  }

  /** Instead of the stage. */
  middle(line: Line, language: Language): TemplateResult {
    const now = line.standing;
    const speech = this.speech(language);
    const { words } = speech;
    if (now?.isCalled) {
      return html`<section class="wait turn" data-test="turn" role="alert"><h2>${words.turnTitle}</h2></section>`;
    }
    return html`<section class="wait" aria-labelledby="wait-title" data-test="wait">
      <h2 id="wait-title">${words.waitTitle}</h2>
      ${now === null || now.ahead === null
        ? html`<p class="figure-line">${words.waitFinding}</p>`
        : html`<p class="figure-line">
              ${now.ahead === 0
                ? html`<strong class="next">${words.waitNext}</strong>`
                : html`<strong data-test="ahead">${speech.count(now.ahead)}</strong> ${words.waitBefore(now.ahead)}`}
            </p>
            <p class="range" data-test="range">${wait(now, speech)}</p>`}
      ${now && now.why !== "host" ? html`<p class="why" data-test="why">${why(now, words)}</p>` : nothing} ${now ? this.below(line, now, speech) : nothing}
    </section>`;
  }

  /** In the dock: what the one button does now. */
  dock(line: Line, wants: boolean, language: Language, presses: Presses): TemplateResult {
    const now = line.standing;
    const { words } = this.speech(language);
    const isCalled = now?.isCalled === true;
    const says = isCalled ? (wants ? words.turnComing : words.turnHint) : wants ? words.waitArmed : words.waitArm;
    const hint = html`<p class="hint" data-test="state-line" role="status">${says}</p>`;
    const armed = html`<div class="line" data-tone="quiet">
      <span class="wave">${mark}</span>
      <p class="sentence" data-test="state-line" role="status">${says}</p>
    </div>`;
    const leave = html`<button class="button wide quiet-button" data-test="leave" @click=${presses.leave}>${words.waitLeave}</button>`;
    return html`${wants
        ? armed
        : html`${hint}<button class="button primary big" data-test="listen" @click=${presses.listen}>
            ${play}<span>${isCalled ? words.turnButton : words.waitArmButton}</span>
          </button>`}
      ${leave}`;
  }

  private below(line: Line, now: Standing, speech: Speech<LineWords>): TemplateResult {
    const { words } = speech;
    const news = told(now, speech);
    return html`${now.isManyHere ? html`<p class="small">${words.waitManyHere}</p>` : nothing}
      ${now.isDrawTrue === null
        ? nothing
        : html`<p class="small ${now.isDrawTrue ? "" : "false"}" data-test="draw-checked">${now.isDrawTrue ? words.drawTrue : words.drawFalse}</p>`}
      ${this.bid(line, words)} ${now.hears ? this.listenAlong(words) : nothing}
      <p class="small quiet facts" data-test="line-figures">${figures(now, speech)}</p>
      <p class="small ${news.isOld ? "false" : "quiet"}" data-test="told">${news.text}</p>`;
  }

  private bid({ bid }: Line, words: LineWords): TemplateResult | typeof nothing {
    if (bid.state === "done") return html`<p class="small" data-test="bid">${words.bidDone}</p>`;
    if (bid.state !== "working") return nothing;
    const stop = (): void => {
      bid.stop();
      this.redraw();
    };
    return html`<p class="small bid" data-test="bid">
      ${words.bidWorking} <button class="text-button" data-test="bid-stop" @click=${stop}>${words.bidStop}</button>
    </p>`;
  }

  private listenAlong(words: LineWords): TemplateResult {
    const { along } = this;
    const isOn = along.state === "on";
    return html`<div class="along">
      <button class="button" aria-pressed=${isOn} data-test="along" @click=${() => (isOn ? along.stop() : along.start())}>
        ${isOn ? words.alongOff : words.alongOn}
      </button>
      <span class="small quiet">${along.state === "failed" ? words.alongFailed : words.alongHint}</span>
    </div>`;
  }

  private speech(language: Language): Speech<LineWords> {
    if (this.spoken?.language !== language) this.spoken = new Speech(language, LINE[language]);
    return this.spoken;
  }
}
