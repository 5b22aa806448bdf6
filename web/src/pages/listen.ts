/**
 * The listener's page: who is on stage, one large button, and one sentence that says how it is.
 *
 * The Space's id comes from the address (`/s/<id>`). `?mode=hls`, `?mode=native` and `?codec=aac` force a way to the
 * ear, for tests and support. `window.stentor` is a read-only snapshot, for the same.
 */
import { html, nothing, type TemplateResult } from "lit";
import { LISTEN, type Words } from "../i18n/listen";
import { Player, type Snapshot } from "../player/player";
import { isTunedIn, type Kind } from "../player/state";
import { mark, play, stop } from "../ui/icons";
import { Page } from "../ui/page";
import { stage } from "../ui/stage";
import { LockScreen } from "./lock-screen";
import "./listen.css";

/** What colour the state line has; the sentence always says the same in words. */
const TONES: Partial<Record<Kind, "live" | "trouble">> = {
  live: "live",
  catching_up: "live",
  rejoining: "trouble",
  stage_silent: "trouble",
  no_output: "trouble",
  broken: "trouble",
};

/** Letters; a longer title is set smaller. */
const LONG_TITLE = 80;

export class ListenPage extends Page<Words> {
  private readonly player: Player;
  private readonly lockScreen: LockScreen;

  constructor() {
    super(LISTEN);
    const wish = new URLSearchParams(location.search);
    const id = location.pathname.split("/")[2] ?? "";
    this.player = new Player(id, { mode: wish.get("mode"), codec: wish.get("codec") }, () => this.requestUpdate());
    this.lockScreen = new LockScreen(() => this.player.listen(), () => this.player.stop());
    Object.defineProperty(window, "stentor", { get: () => forTests(this.player.snapshot()) });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.player.open();
  }

  override render(): TemplateResult {
    const now = this.player.snapshot();
    this.showState(now.listener.kind);
    this.lockScreen.show(now, isTunedIn(now.listener));
    document.title = now.title ? `${now.title} · Stentor` : "Stentor";
    const { kind } = now.listener;
    const isThere = now.title !== "" && kind !== "unknown";
    return html`<div class="page">
      ${this.head()}
      <main>${isThere ? html`${this.programme(now)} ${this.people(now)} ${this.dock(now)}` : this.nothingHere(kind)}</main>
      ${this.foot()}
    </div>`;
  }

  private programme(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    const [tag, isOnAir] = programmeTag(now.listener.kind, words);
    return html`<div class="programme">
      ${tag ? html`<span class="tag ${isOnAir ? "on_air" : ""}">${tag}</span>` : nothing}
      <h1 class=${now.title.length > LONG_TITLE ? "long" : ""}>${now.title}</h1>
      <p class="facts" data-test="hearing">
        ${now.hearing === null ? nothing : words.hearing(now.hearing, this.speech.count(now.hearing))}
      </p>
    </div>`;
  }

  /** An empty stage is worth a word before the talk, not after it. */
  private people(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    if (now.listener.kind !== "ended" || now.people.length > 0) return stage(now, words);
    return html`<p><a class="button" href="/">${words.backHome}</a></p>`;
  }

  private nothingHere(kind: Kind): TemplateResult {
    const { words } = this.speech;
    switch (kind) {
      case "unknown":
        return this.notice(words.unknownTitle, words.stateUnknown, html`<a class="button" href="/">${words.backHome}</a>`);
      case "unreachable":
        return this.notice(words.unreachableTitle, words.stateUnreachable);
      default:
        return html`<h1 class="unseen">Stentor</h1>
          <p class="loading quiet" data-test="state-line" role="status">${words.stateLoading}</p>`;
    }
  }

  private dock(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    const { kind, wants } = now.listener;
    const hasFailed = kind === "no_output" || kind === "broken";
    const canPress = (kind === "ready" || kind === "waiting") && !wants && this.player.canPlay;
    const hint = kind === "ready" ? words.listenHint : words.stateWaiting;
    return html`<div class="dock">
      <span class="unseen" role="status" aria-live="polite">${spoken(now, words)}</span>
      ${canPress ? html`<p class="hint">${hint}</p>` : this.line(now)}
      ${canPress || hasFailed
        ? html`<button class="button primary big" data-test="listen" @click=${() => this.press(true)}>
            ${play}<span>${hasFailed ? words.tryAgain : words.listen}</span>
          </button>`
        : nothing}
    </div>`;
  }

  private line(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    return html`<p class="hint"></p>
      <div class="line" data-tone=${TONES[now.listener.kind] ?? "quiet"}>
        <span class="wave">${mark}</span>
        <p class="sentence" data-test="state-line">${this.player.canPlay ? this.sentence(now) : words.cannotPlay}</p>
        ${now.listener.wants
          ? html`<button class="round" data-test="stop" aria-label=${words.stop} @click=${() => this.press(false)}>
              ${stop}
            </button>`
          : nothing}
      </div>`;
  }

  /** The pressed button is replaced by the other one; the keyboard must find itself on it. */
  private press(wants: boolean): void {
    if (wants) this.player.listen();
    else this.player.stop();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".dock button")?.focus());
  }

  /** The sentence with its figures; `spoken` is the same without them, so that a screen reader is not kept busy. */
  private sentence(now: Snapshot): string {
    const { words } = this.speech;
    if (now.listener.kind === "live" && now.latencyS !== null) {
      return words.stateLiveFigure(this.speech.seconds(Math.max(0, now.latencyS)));
    }
    if (now.listener.kind === "stage_silent") {
      const agoS = Math.max(0, Math.round((Date.now() - now.listener.sinceMs) / 1000));
      return words.stateStageSilentFigure(this.speech.count(agoS));
    }
    return spoken(now, words);
  }
}

function spoken(now: Snapshot, words: Words): string {
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
    case "live":
      return words.stateLive;
    case "catching_up":
      return words.stateCatchingUp;
    case "intermission":
      return words.stateIntermission;
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

function programmeTag(kind: Kind, words: Words): [string | null, boolean] {
  if (kind === "waiting") return [words.notYet, false];
  if (kind === "ended") return [words.ended, false];
  if (kind === "intermission") return [words.pausedByHosts, false];
  return kind === "loading" || kind === "unreachable" || kind === "unknown" ? [null, false] : [words.onAir, true];
}

function forTests(now: Snapshot): Record<string, unknown> {
  const { latencyS, stalls, currentTime, mode } = now;
  return { state: now.listener.kind, latencyS, stalls, currentTime, mode, speaking: Object.keys(now.speaking) };
}

customElements.define("stentor-listen", ListenPage);
