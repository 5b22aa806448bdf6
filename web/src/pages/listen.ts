/**
 * The listener's page, before, during and after: who is on stage, one large button, and one sentence that says how it is.
 * After the end, or when somebody rewinds, its middle and its dock are the replay's.
 *
 * The Space's name comes from the address (`/s/<id>`, for a private Space `/s/<id>.<key>`). `?mode=hls`, `?mode=native`
 * and `?codec=aac` force a way to the ear, for tests and support. `window.stentor` is a read-only snapshot, for the same.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Counter } from "../audience/counter";
import { together } from "../i18n/dates";
import { LISTEN, type Words } from "../i18n/listen";
import { Player, type Snapshot } from "../player/player";
import type { WaitView } from "../line/wait-view";
import { isTunedIn, type Kind } from "../player/state";
import type { Replay } from "../replay/replay";
import type { Captions } from "../ui/captions";
import { mark, play, stop } from "../ui/icons";
import { Page } from "../ui/page";
import { rewind } from "../ui/replay-icons";
import { stage } from "../ui/stage";
import { isLong } from "../ui/text";
import { after, endedLine } from "./listen-after";
import type { Before } from "./listen-before";
import { TONES, audienceLine, awaySentence, programmeTag, sentence, spoken } from "./listen-sentence";
import type { TakePart } from "./listen-take-part";
import { LockScreen } from "./lock-screen";
import "./listen.css";

export class ListenPage extends Page<Words> {
  private readonly player: Player;
  private lockScreen: LockScreen;
  private ahead: Before | null = null;
  private isAheadAsked = false;
  /** Loaded with the line, when there is one to stand in or a draw to be in. */
  private wait: WaitView | null = null;
  private isWaitAsked = false;
  private readonly name = location.pathname.split("/")[2] ?? "";
  /** Loaded with the first press: whoever only looks needs none of it. */
  private takePart: TakePart | null = null;
  private captions: Captions | null = null;
  /** Loaded once there is something to be played again. */
  private replay: Replay | null = null;
  private isReplayAsked = false;

  constructor() {
    super(LISTEN);
    const wish = new URLSearchParams(location.search);
    const redraw = (): void => this.requestUpdate();
    const hooks = { changed: redraw, reacted: (counts: Record<string, number>) => this.takePart?.reacted(counts) };
    this.player = new Player({ name: this.name }, { mode: wish.get("mode"), codec: wish.get("codec"), isInDraw: true }, hooks);
    this.lockScreen = this.liveLockScreen();
    Object.defineProperty(window, "stentor", { get: () => ({ ...forTests(this.player.snapshot()), replay: this.replay?.forTests() }) });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("pagehide", () => this.takePart?.leave());
    this.player.open();
  }

  override render(): TemplateResult {
    const now = this.player.snapshot();
    const { kind } = now.listener;
    this.showState(kind);
    if (!this.replay) this.lockScreen.show(now, isTunedIn(now.listener));
    this.lookForReplay(now);
    if (kind === "waiting") void this.loadAhead();
    this.ahead?.look(now, this.speech.words);
    const line = this.player.inLine;
    if (line && !this.wait) void this.loadWait();
    this.wait?.look(line?.standing ?? null);
    if (!isTunedIn(now.listener)) this.takePart?.leave();
    const turn = kind === "in_line" && this.wait?.title(line?.standing ?? null, this.speech.language);
    document.title = [turn, now.title, "Stentor"].filter(Boolean).join(" · ");
    const isThere = now.title !== "" && kind !== "unknown";
    return html`<div class="page">
      ${this.head()}
      <main class=${this.isBusy(now) ? "busy" : ""}>${isThere ? html`${this.programme(now)} ${this.parts(now)}` : this.nothingHere(kind)}</main>
      ${this.foot()} ${this.takePart?.sheet(this.speech, now.isRecorded) ?? nothing}
    </div>`;
  }

  override updated(): void {
    this.takePart?.drawn(this);
    this.replay?.drawn(this);
  }

  private liveLockScreen(): LockScreen {
    return new LockScreen(() => this.player.listen(), () => this.player.stop());
  }

  private parts(now: Snapshot): TemplateResult {
    if (!this.replay) return html`${this.middle(now)} ${this.dock(now)}`;
    const { words } = this.speech;
    return html`${now.listener.kind === "ended" ? endedLine(now, this.speech) : nothing}
      ${now.description ? html`<details class="more"><summary>${words.about}</summary>${about(now)}</details>` : nothing}
      ${this.replay.middle(now, this.speech)} ${this.replay.dock(now, this.speech)}`;
  }

  /** Who listens when it ends goes on to the replay; who had rewound stays at the same moment. */
  private lookForReplay(now: Snapshot): void {
    if (now.listener.kind !== "ended" || !now.hasReplay) return;
    if (this.replay) this.replay.seal();
    else void this.openReplay(true);
  }

  private async openReplay(isSealed: boolean): Promise<void> {
    if (this.isReplayAsked) return;
    this.isReplayAsked = true;
    const { Replay } = await import("../replay/replay");
    this.player.stop();
    this.replay = new Replay(this.name, isSealed, () => this.requestUpdate(), () => this.backToLive());
    if (!isSealed) this.replay.play();
    this.requestUpdate();
  }

  private backToLive(): void {
    this.replay?.close();
    this.replay = null;
    this.isReplayAsked = false;
    this.lockScreen = this.liveLockScreen();
    this.press(true);
    this.requestUpdate();
  }

  /** There is more to read than who is there: people stand closer together. */
  private isBusy(now: Snapshot): boolean {
    return this.replay !== null || (isTunedIn(now.listener) && (now.question !== null || now.captions.length > 0));
  }

  private programme(now: Snapshot): TemplateResult {
    const { words, locale } = this.speech;
    const [tag, isOnAir] = programmeTag(now, words);
    const isEmpty = now.people.length === 0 && now.hosts.length > 0 && !this.replay;
    return html`<div class="programme">
      <p class="tags">
        ${tag ? html`<span class="tag ${isOnAir ? "on_air" : ""}">${tag}</span>` : nothing}
        ${now.isPrivate ? html`<span class="private" data-test="private">${words.privateSpace}</span>` : nothing}
      </p>
      <h1 class=${isLong(now.title) ? "long" : ""}>${now.title}</h1>
      ${isEmpty ? html`<p class="hosts">${words.withHosts(together(now.hosts, locale))}</p>` : nothing}
      ${!this.replay && (isTunedIn(now.listener) || now.listener.kind === "ready")
        ? html`<p class="facts" data-test="hearing">${audienceLine(now, this.speech)}</p>
            <p class="away" role="status" data-test="away">${awaySentence(now, words) ?? ""}</p>`
        : nothing}
    </div>`;
  }

  /** Between the title and the dock: what belongs to before, to now, or to after. */
  private middle(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    switch (now.listener.kind) {
      case "waiting":
        return html`${this.ahead?.render(now, this.speech) ?? nothing} ${this.player.inLine ? this.wait?.draw(this.player.inLine, this.speech.language) : nothing} ${about(now)}
        ${now.people.length > 0 ? stage(now, words) : nothing}`;
      case "in_line":
        return html`${this.player.inLine ? this.wait?.middle(this.player.inLine, this.speech.language) : nothing}
        ${this.player.inLine?.standing?.isCalled ? stage(now, words) : about(now)}`;
      case "ended":
        return html`${after(now, this.speech)} ${about(now)}`;
      default:
        return html`${this.question(now)} ${stage(now, words)}
          ${now.description
            ? html`<details class="more"><summary>${words.about}</summary>${about(now)}</details>`
            : nothing}`;
    }
  }

  private question({ question }: Snapshot): TemplateResult | typeof nothing {
    const { words } = this.speech;
    if (!question) return nothing;
    return html`<section class="question" aria-label=${words.onScreen} aria-live="polite" data-test="on-screen">
      <blockquote>${question.text}</blockquote>
      <p class="small">${question.name ? words.askedBy(question.name) : words.askedBySomebody}</p>
    </section>`;
  }

  private captionLines({ captions, people }: Snapshot): TemplateResult | typeof nothing {
    return captions.length === 0 || !this.captions ? nothing : this.captions.render(this.captions.linesOf(captions, people), this.speech.words);
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
    const line = kind === "in_line" ? this.player.inLine : null;
    if (line && this.wait) {
      const presses = { listen: () => this.press(true), leave: () => this.press(false) };
      return html`<div class="dock">${this.wait.dock(line, wants, this.speech.language, presses)}</div>`;
    }
    const hasFailed = kind === "no_output" || kind === "broken";
    const canPress = (kind === "ready" || kind === "waiting") && !wants && this.player.canPlay;
    const hint = kind !== "ready" ? words.stateWaiting : now.isHeld ? words.heldHint : words.listenHint;
    const isIn = isTunedIn(now.listener);
    return html`<div class="dock ${isIn ? "in" : ""}">
      <span class="unseen" role="status" aria-live="polite">${spoken(now, words)}</span>
      ${isIn ? this.takePart?.figures() : nothing} ${isIn ? this.captionLines(now) : nothing} ${canPress ? html`<p class="hint">${hint}</p>` : this.line(now)}
      ${canPress || hasFailed
        ? html`<button class="button primary big" data-test="listen" @click=${() => this.press(true)}>
            ${play}<span>${hasFailed ? words.tryAgain : words.listen}</span>
          </button>`
        : nothing}
      ${canPress && now.canRewind
        ? html`<button class="button wide" data-test="rewind" @click=${() => void this.openReplay(false)}>${rewind}<span>${words.rewindStart}</span></button>`
        : nothing}
      ${isIn ? this.takePart?.render(now, this.speech) : nothing}
    </div>`;
  }

  private line(now: Snapshot): TemplateResult {
    const { words } = this.speech;
    return html`<div class="line" data-tone=${TONES[now.listener.kind] ?? "quiet"}>
      <span class="wave">${mark}</span>
      <p class="sentence" data-test="state-line">${this.player.canPlay ? sentence(now, this.speech) : words.cannotPlay}</p>
      ${isTunedIn(now.listener) && now.canRewind
        ? html`<button class="round" data-test="rewind" aria-label=${words.rewindStart} title=${words.rewindStart} @click=${() => void this.openReplay(false)}>${rewind}</button>`
        : nothing}
      ${isTunedIn(now.listener) && now.captions.length > 0 && this.captions ? this.captions.menu(words) : nothing}
      ${now.listener.wants
        ? html`<button class="round" data-test="stop" aria-label=${words.stop} @click=${() => this.press(false)}>${stop}</button>`
        : nothing}
    </div>`;
  }

  /** Who comes while it is on the air needs no countdown. */
  private async loadAhead(): Promise<void> {
    if (this.isAheadAsked) return;
    this.isAheadAsked = true;
    const { Before } = await import("./listen-before");
    this.ahead = new Before(`/s/${this.name}/event.ics`, () => this.requestUpdate());
    this.requestUpdate();
  }

  private async loadWait(): Promise<void> {
    if (this.isWaitAsked) return;
    this.isWaitAsked = true;
    const { WaitView } = await import("../line/wait-view");
    this.wait = new WaitView(() => `${this.player.base}/s/${this.name}/hls/low.m3u8`, () => this.requestUpdate());
    this.requestUpdate();
  }

  private async loadTakePart(): Promise<void> {
    const [{ TakePart }, { Captions }] = await Promise.all([import("./listen-take-part"), import("../ui/captions")]);
    this.captions ??= new Captions(() => this.requestUpdate(), "live");
    this.takePart ??= new TakePart(new Counter(() => this.player.base, this.name), () => this.requestUpdate());
    this.requestUpdate();
  }

  /** The pressed button is replaced by the other one; the keyboard must find itself on it. */
  private press(wants: boolean): void {
    if (wants) this.player.listen();
    else this.player.stop();
    if (wants) void this.loadTakePart();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-test=stop], [data-test=listen]")?.focus());
  }
}

function about({ description }: Snapshot): TemplateResult | typeof nothing {
  return description ? html`<p class="description" data-test="description">${description}</p>` : nothing;
}

function forTests(now: Snapshot): Record<string, unknown> {
  const { latencyS, stalls, currentTime, mode, hands, programme } = now;
  const speaking = Object.keys(now.speaking);
  return { state: now.listener.kind, latencyS, stalls, currentTime, mode, speaking, hands, programme };
}

customElements.define("stentor-listen", ListenPage);
