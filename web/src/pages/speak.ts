/**
 * The page of an invitation: from the audience through the line to the stage; for who may lead, the host's console.
 *
 * The invitation comes from the address (`/i/<token>`). `window.stentorSpeaker` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Page } from "../ui/page";
import { stage, roleName } from "../ui/stage";
import { wantsStage } from "../speaker/state";
import { OwnRecord } from "../speaker/own-record";
import { Speaker, type SpeakerSnapshot } from "../speaker/speaker";
import { Console } from "../host/console";
import { Ui, type Desk } from "../host/desk";
import { SpaceDoor } from "../host/space-door";
import { HostView } from "../host/view";
import { stateTag } from "../host/bar";
import { SPEAK, type Words } from "../i18n/speak";
import { Preparation } from "./preparation";
import { audience, naming, removed, waiting } from "./speak-below";
import { ownRecord, recorded } from "./speak-record";
import { OnStage } from "./speak-stage";
import "./speak.css";
import "./host.css";

/** Letters; a longer title is set smaller. */
const LONG_TITLE = 80;
const CLOCK_MS = 500;
const WAS_ON_STAGE = new Set(["on_stage", "rejoining", "stage_away", "left"]);

export class SpeakPage extends Page<Words> {
  private readonly token = location.pathname.split("/")[2] ?? "";
  private readonly speaker: Speaker;
  private readonly preparation: Preparation;
  private readonly onStage: OnStage;
  private readonly own: OwnRecord;
  private readonly hostView: HostView;
  private readonly ui = new Ui();
  private console: Console | null = null;
  private wasOnStage = false;

  constructor() {
    super(SPEAK);
    const redraw = (): void => this.requestUpdate();
    this.speaker = new Speaker(this.token, redraw);
    this.speaker.onNews = (name, data) => this.console?.take(name, data);
    this.speaker.onTick = (tick) => this.console?.onTick(tick);
    this.own = new OwnRecord(this.speaker.asking, redraw);
    this.preparation = new Preparation(this.speaker, redraw);
    this.onStage = new OnStage(this.speaker, redraw, (selector) => {
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(selector)?.focus());
    });
    this.hostView = new HostView(
      () => (this.console ? this.desk(this.speaker.snapshot(), this.console) : null),
      () =>
        this.speaker.snapshot().state === "on_stage"
          ? { isMuted: () => this.speaker.snapshot().isMuted, mute: (wants) => this.speaker.mute(wants) }
          : null,
    );
    Object.defineProperty(window, "stentorSpeaker", { get: () => forTests(this.speaker.snapshot()) });
    setInterval(() => this.console && this.requestUpdate(), CLOCK_MS);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.speaker.open();
  }

  override updated(): void {
    this.preparation.measure(this.querySelector<HTMLElement>(".meter"), this.speech.words);
    if (["ended", "removed"].includes(this.speaker.snapshot().state)) this.own.follow();
  }

  override render(): TemplateResult {
    const now = this.speaker.snapshot();
    this.showState(now.state);
    document.title = now.title ? `${now.title} · Stentor` : "Stentor";
    this.wasOnStage ||= WAS_ON_STAGE.has(now.state);
    this.lead(now);
    const isLeading = this.console !== null && now.state !== "ended";
    return html`<div class="page ${isLeading ? "wide" : ""}">
      ${this.head(isLeading ? stateTag(this.desk(now, this.console!)) : this.tag(now), null)}
      <main>${this.body(now)}</main>
      ${this.foot()}
    </div>`;
  }

  /** The console comes and goes with the role. */
  private lead(now: SpeakerSnapshot): void {
    const mayLead = now.me?.role === "host" || now.me?.role === "cohost";
    const isIn = now.state !== "removed" && now.state !== "bad_invitation" && now.state !== "naming";
    if (!now.me || !mayLead || !isIn) {
      this.console = null;
    } else if (this.console === null) {
      const door = new SpaceDoor(this.speaker.asking, now.me.space.id);
      this.console = new Console(door, () => this.speaker.snapshot().me?.person ?? null, () => this.speaker.isFed, () => this.requestUpdate());
      void this.console.open();
    }
  }

  private desk(now: SpeakerSnapshot, host: Console): Desk {
    return {
      console: host,
      ui: this.ui,
      speech: this.speech,
      words: this.speech.words,
      me: now.me?.person ?? null,
      people: now.people,
      speaking: now.speaking,
      nowMs: host.nowMs,
      redraw: () => this.requestUpdate(),
    };
  }

  private tag(now: SpeakerSnapshot): TemplateResult | typeof nothing {
    const { words } = this.speech;
    if (!now.spaceState) return nothing;
    const says: Record<string, string> = {
      on_air: words.onAir,
      paused: words.pausedByHosts,
      ending: words.isEnding,
      ended: words.ended,
      green_room: words.inGreenRoom,
    };
    return html`<span class="tag ${now.spaceState}">${says[now.spaceState] ?? words.notYet}</span>`;
  }

  private body(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    switch (now.state) {
      case "loading":
        return html`<h1 class="unseen">Stentor</h1>
          ${this.sentence(words.stateLoading)}`;
      case "unreachable":
        return this.notice(words.unreachableTitle, words.stateUnreachable);
      case "bad_invitation":
        return this.notice(words.invitationBadTitle, words.invitationBad);
      case "removed":
        return html`${removed(now, words)} ${ownRecord(now.me, this.own, this.speech)}`;
      case "naming":
        return html`${this.heading(now)} <h2 class="ask-name">${words.namingTitle}</h2> ${this.recorded(now)}
        ${naming(this.speaker, now, words)}`;
      case "audience":
        return html`${this.heading(now)} ${audience(this.speaker, now, words, this.wasOnStage)} ${this.recorded(now)}`;
      case "waiting":
        return html`${this.heading(now)}
        ${waiting(this.speaker, now, { words, count: (n) => this.speech.count(n) }, this.preparation.trial(now, words))}`;
      case "ended":
        return html`${this.heading(now)} ${this.sentence(words.spaceEnded)} ${this.recordLink(now)} ${ownRecord(now.me, this.own, this.speech)}`;
      default:
        return html`${this.heading(now)} ${this.console ? this.leader(now, this.console) : this.guest(now)}`;
    }
  }

  /** A speaker: the stage, and their own microphone. */
  private guest(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    if (!wantsStage(now.state)) return this.offStage(now);
    return html`${this.onStage.news(now, words)} ${this.trouble(now)}
      ${stage({ people: now.people, speaking: now.speaking, me: now.me?.person ?? "" }, words)}
      ${this.onStage.line(now, this.speech)}
      <div class="choices">${this.preparation.choices(now, words)}</div>
      ${this.onStage.dock(now, words)}`;
  }

  /** A host or co-host: the console around it. */
  private leader(now: SpeakerSnapshot, host: Console): TemplateResult {
    const { words } = this.speech;
    const isOn = wantsStage(now.state);
    const head = isOn ? html`${this.onStage.news(now, words)} ${this.onStage.line(now, this.speech)}` : nothing;
    return html`
      ${isOn ? this.trouble(now) : html`<div class="own">${this.offStage(now)}</div>`}
      ${this.hostView.render(this.desk(now, host), head, isOn ? this.ownSound(now) : nothing)}
      ${isOn ? this.onStage.dock(now, words) : nothing}
    `;
  }

  private ownSound(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    return html`<details class="panel own-sound" data-test="own-sound">
      <summary>${words.ownSound}</summary>
      ${this.preparation.choices(now, words)}
    </details>`;
  }

  private offStage(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    if (now.state === "preparing") {
      return html`${now.wasCalled ? this.sentence(words.calledToStage) : nothing} ${this.recorded(now)}
      ${this.preparation.render(now, words)}`;
    }
    return html`${this.sentence(words.youLeft)}
      <div class="dock">
        <button class="button primary big" data-test="join" @click=${() => void this.speaker.join()}>${words.goBack}</button>
      </div>`;
  }

  private recorded(now: SpeakerSnapshot): TemplateResult | typeof nothing {
    return recorded(now.me, this.speech, Date.now());
  }

  /** Who has led may correct what is left of it; their invitation goes along where no server reads it. */
  private recordLink({ me }: SpeakerSnapshot): TemplateResult | typeof nothing {
    if (!me?.space.is_recorded || (me.role !== "host" && me.role !== "cohost")) return nothing;
    const href = `/record/${encodeURIComponent(me.space.id)}#i=${this.token}`;
    return html`<p class="after"><a class="button" data-test="record-link" href=${href}>${this.speech.words.recordOpen}</a></p>`;
  }

  private trouble(now: SpeakerSnapshot): TemplateResult | typeof nothing {
    const isFine = now.microphone === "open" || now.microphone === "closed";
    return isFine ? nothing : this.preparation.trouble(now, this.speech.words);
  }

  private heading(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    const isPreparing = (now.state === "preparing" || now.state === "naming") && this.console === null;
    return html`<div class="title">
      ${isPreparing ? html`<p class="quiet">${words.invitedTo}</p>` : nothing}
      <h1 class=${now.title.length > LONG_TITLE || this.console ? "long" : ""}>${this.console?.space?.title ?? now.title}</h1>
      ${isPreparing && now.me?.person ? html`<p class="quiet">${words.asRole(now.me.name, roleName(now.me, words))}</p>` : nothing}
    </div>`;
  }

  private sentence(text: string): TemplateResult {
    return html`<p class="sentence" data-test="state-line" role="status" aria-live="polite">${text}</p>`;
  }
}

function forTests(now: SpeakerSnapshot): Record<string, unknown> {
  const { state, spaceState, isMuted, closedBy, rejoins, line, lead, microphone: mic } = now;
  const isOn = wantsStage(state);
  return { state, spaceState, isMuted, closedBy, rejoins, line, lead, isOn, microphone: mic, speaking: Object.keys(now.speaking) };
}

customElements.define("stentor-speak", SpeakPage);
