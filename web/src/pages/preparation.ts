/** Before going on: the microphone, its level, two seconds played back, the way on stage. Drawn by the speaker's page. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../i18n/speak";
import type { Processing } from "../speaker/microphone";
import type { Speaker, SpeakerSnapshot } from "../speaker/speaker";
import { mark, microphone } from "../ui/icons";

const MEASURE_MS = 80;
/** A pause between words is not silence. */
const HOLD_MS = 1_500;
const QUIET_BELOW_DB = -50;
const LOUD_ABOVE_DB = -8;

export class Preparation {
  private checking: "no" | "recording" | "playing" = "no";
  private meter: HTMLElement | null = null;
  private words: Words | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private loudestDb = -100;
  private loudestAtMs = 0;

  constructor(
    private readonly speaker: Speaker,
    private readonly redraw: () => void,
  ) {}

  render(now: SpeakerSnapshot, words: Words): TemplateResult {
    if (now.microphone !== "open") return this.permission(now, words);
    const isOnAir = now.spaceState === "on_air";
    return html`${this.trial(now, words)}
      <div class="dock">
        <p class="quiet small">${isOnAir ? words.joinHintOnAir : words.joinHintGreenRoom}</p>
        <button class="button primary big" data-test="join" @click=${() => void this.speaker.join()}>${words.join}</button>
      </div>`;
  }

  /** The microphone's level and two seconds of it; also for who waits in the line. */
  trial(now: SpeakerSnapshot, words: Words): TemplateResult {
    if (now.microphone !== "open") return this.permission(now, words);
    return html`<section class="card" aria-label=${words.microphone}>
      <div class="meter">
        <span class="horn">${mark}</span>
        <div><h2>${words.level}</h2><p class="verdict" role="status"></p></div>
      </div>
      <div class="row checking">
        <button class="button" data-test="check" ?disabled=${this.checking !== "no"} @click=${() => this.check()}>
          ${words.check}
        </button>
        <span class="small" role="status">${this.checkSentence(words)}</span>
      </div>
      ${this.choices(now, words)}
    </section>`;
  }

  /** Why there is no microphone, and the next step. */
  trouble(now: SpeakerSnapshot, words: Words): TemplateResult {
    const says: Record<string, string> = {
      denied: words.microphoneDenied,
      missing: words.microphoneMissing,
      busy: words.microphoneBusy,
      unsafe: words.microphoneUnsafe,
    };
    return html`<div class="card trouble" role="alert" data-test="microphone-trouble">
      <p>${says[now.microphone] ?? words.microphoneWhy}</p>
      <button class="button" data-test="allow" @click=${() => this.open()}>${words.tryAgain}</button>
    </div>`;
  }

  /** Which microphone and what the browser does to its sound. */
  choices(now: SpeakerSnapshot, words: Words): TemplateResult {
    const kinds = ["echoCancellation", "noiseSuppression", "autoGainControl"] as const;
    return html`<label class="field">
        <span>${words.microphone}</span>
        <select @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
          ${now.devices.map(
            ({ deviceId, label }) => html`<option value=${deviceId} ?selected=${deviceId === now.deviceId}>${label}</option>`,
          )}
        </select>
      </label>
      ${this.outputs(now, words)}
      ${now.processing.echoCancellation ? nothing : html`<p class="warning" role="status" data-test="echo-off">${words.echoOff}</p>`}
      <details class="settings">
        <summary>${words.sound}</summary>
        ${kinds.map(
          (kind) => html`<label class="check">
            <input type="checkbox" .checked=${now.processing[kind]} @change=${() => this.process(now, kind)} />
            <span>${words[kind]}</span>
          </label>`,
        )}
      </details>`;
  }

  /** Where the others are heard; not every browser lets a page choose. */
  private outputs(now: SpeakerSnapshot, words: Words): TemplateResult | typeof nothing {
    if (now.outputs.length < 2) return nothing;
    const choose = (event: Event): void => void this.speaker.others.choose((event.target as HTMLSelectElement).value);
    return html`<label class="field">
      <span>${words.output}</span>
      <select data-test="output" @change=${choose}>
        ${now.outputs.map(
          ({ deviceId, label }) =>
            html`<option value=${deviceId} ?selected=${deviceId === now.outputId}>${label || words.outputDefault}</option>`,
        )}
      </select>
    </label>`;
  }

  /** Keeps the meter moving without drawing the page; stops when the meter has left it. */
  measure(meter: HTMLElement | null, words: Words): void {
    this.meter = meter;
    this.words = words;
    if (meter && this.timer === undefined) this.timer = setInterval(() => this.show(), MEASURE_MS);
    if (!meter) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private permission(now: SpeakerSnapshot, words: Words): TemplateResult {
    if (now.microphone !== "closed") return this.trouble(now, words);
    return html`<div class="dock">
      <p class="quiet small">${words.microphoneWhy}</p>
      <button class="button primary big" data-test="allow" @click=${() => this.open()}>
        ${microphone}<span>${words.microphoneAllow}</span>
      </button>
    </div>`;
  }

  private checkSentence(words: Words): string {
    return { no: words.checkHint, recording: words.checkRecording, playing: words.checkPlaying }[this.checking];
  }

  private show(): void {
    const verdict = this.meter?.querySelector(".verdict");
    if (!this.meter || !verdict || !this.words) return;
    const levelDb = this.speaker.microphone.levelDb();
    this.meter.style.setProperty("--level", Math.min(1, Math.max(0, (levelDb + 60) / 50)).toFixed(2));
    const nowMs = performance.now();
    if (levelDb >= this.loudestDb || nowMs - this.loudestAtMs > HOLD_MS) {
      this.loudestDb = levelDb;
      this.loudestAtMs = nowMs;
    }
    const { levelQuiet, levelLoud, levelGood } = this.words;
    const says = this.loudestDb < QUIET_BELOW_DB ? levelQuiet : this.loudestDb > LOUD_ABOVE_DB ? levelLoud : levelGood;
    if (verdict.textContent !== says) verdict.textContent = says;
  }

  private open(): void {
    void this.speaker.useMicrophone(null);
  }

  private choose(deviceId: string): void {
    void this.speaker.useMicrophone(deviceId);
  }

  private process(now: SpeakerSnapshot, kind: keyof Processing): void {
    void this.speaker.useMicrophone(now.deviceId, { ...now.processing, [kind]: !now.processing[kind] });
  }

  private async check(): Promise<void> {
    this.checking = "recording";
    this.redraw();
    try {
      await this.speaker.microphone.check(() => {
        this.checking = "playing";
        this.redraw();
      });
    } finally {
      this.checking = "no";
      this.redraw();
    }
  }
}
