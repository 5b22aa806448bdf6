/**
 * The speaker's page: check the microphone, go on stage, be heard or not, leave; for the host the Space's switches.
 *
 * The invitation comes from the address (`/i/<token>`). `window.stentorSpeaker` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Page } from "../ui/page";
import { stage, roleName } from "../ui/stage";
import { wantsStage } from "../speaker/state";
import { Speaker, type SpeakerSnapshot } from "../speaker/speaker";
import { SPEAK, type Words } from "../i18n/speak";
import { microphone, microphoneOff } from "../ui/icons";
import { Desk } from "./desk";
import { Preparation } from "./preparation";
import "./speak.css";

/** Letters; a longer title is set smaller. */
const LONG_TITLE = 80;

export class SpeakPage extends Page<Words> {
  private readonly speaker: Speaker;
  private readonly preparation: Preparation;
  private readonly desk: Desk;
  private isLeaving = false;

  constructor() {
    super(SPEAK);
    const redraw = (): void => this.requestUpdate();
    this.speaker = new Speaker(location.pathname.split("/")[2] ?? "", redraw);
    this.preparation = new Preparation(this.speaker, redraw);
    this.desk = new Desk(this.speaker, redraw);
    Object.defineProperty(window, "stentorSpeaker", { get: () => forTests(this.speaker.snapshot()) });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.speaker.open();
  }

  override updated(): void {
    this.preparation.measure(this.querySelector<HTMLElement>(".meter"), this.speech.words);
  }

  override render(): TemplateResult {
    const now = this.speaker.snapshot();
    this.showState(now.state);
    document.title = now.title ? `${now.title} · Stentor` : "Stentor";
    return html`<div class="page">
      ${this.head(this.tag(now), null)}
      <main>${this.body(now)}</main>
      ${this.foot()}
    </div>`;
  }

  private tag(now: SpeakerSnapshot): TemplateResult | typeof nothing {
    const { words } = this.speech;
    if (!now.spaceState) return nothing;
    const says: Record<string, string> = { on_air: words.onAir, paused: words.pausedByHosts, ended: words.ended };
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
      case "ended":
        return html`${this.heading(now)} ${this.sentence(words.spaceEnded)}`;
      case "preparing":
        return html`${this.heading(now)} ${this.preparation.render(now, words)}`;
      case "left":
        return html`${this.heading(now)} ${this.sentence(words.youLeft)}
          <div class="dock">
            <button class="button primary big" data-test="join" @click=${() => void this.speaker.join()}>
              ${words.goBack}
            </button>
          </div>`;
      default:
        return html`${this.heading(now)} ${this.onStage(now)}`;
    }
  }

  private heading(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    const isPreparing = now.state === "preparing";
    return html`<div class="title">
      ${isPreparing ? html`<p class="quiet">${words.invitedTo}</p>` : nothing}
      <h1 class=${now.title.length > LONG_TITLE ? "long" : ""}>${now.title}</h1>
      ${isPreparing && now.me ? html`<p class="quiet">${words.asRole(now.me.name, roleName(now.me, words))}</p>` : nothing}
    </div>`;
  }

  private sentence(text: string): TemplateResult {
    return html`<p class="sentence" data-test="state-line" role="status" aria-live="polite">${text}</p>`;
  }

  private onStage(now: SpeakerSnapshot): TemplateResult {
    const { words } = this.speech;
    const isTrouble = now.state === "rejoining" || now.state === "stage_away";
    const isLeader = now.me?.role === "host" || now.me?.role === "cohost";
    return html`
      <div class="news ${isTrouble ? "trouble" : ""}">${this.sentence(onStageSentence(now, words))}</div>
      ${isLeader ? this.desk.switches(now, words) : nothing}
      ${now.microphone === "open" || now.microphone === "closed" ? nothing : this.preparation.trouble(now, words)}
      ${now.isDeaf
        ? html`<button class="button primary" @click=${() => this.speaker.hearOthers()}>${words.hearOthers}</button>`
        : nothing}
      ${stage({ people: now.people, speaking: now.speaking, me: now.me?.person ?? "" }, words)}
      ${isLeader && now.me ? this.desk.link(now.me.listen_url, words) : nothing}
      <div class="choices">${this.preparation.choices(now, words)}</div>
      <div class="dock">${this.muteButton(now, words)} ${this.leaveButtons(words)}</div>
    `;
  }

  private muteButton(now: SpeakerSnapshot, words: Words): TemplateResult {
    return html`<button
      class="mute"
      data-test="mute"
      aria-pressed=${now.isMuted}
      @click=${() => this.speaker.mute(!now.isMuted)}
    >
      ${now.isMuted ? microphoneOff : microphone}
      <span><strong>${now.isMuted ? words.muteClosed : words.muteOpen}</strong>
      <span>${now.isMuted ? words.muteClosedHint : words.muteOpenHint}</span></span>
    </button>`;
  }

  private leaveButtons(words: Words): TemplateResult {
    if (!this.isLeaving) {
      return html`<button class="button leave" data-test="leave" @click=${() => this.askToLeave(true)}>
        ${words.leave}
      </button>`;
    }
    return html`<div class="row ask" role="group" aria-label=${words.leaveAsk}>
      <span>${words.leaveAsk}</span>
      <button class="button danger sure" data-test="leave-yes" @click=${() => this.leave()}>${words.leaveYes}</button>
      <button class="button" data-test="leave-no" @click=${() => this.askToLeave(false)}>${words.stay}</button>
    </div>`;
  }

  private askToLeave(isLeaving: boolean): void {
    this.isLeaving = isLeaving;
    this.requestUpdate();
    const next = isLeaving ? "[data-test=leave-no]" : "[data-test=leave]";
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(next)?.focus());
  }

  private leave(): void {
    this.isLeaving = false;
    this.speaker.leave();
  }
}

function onStageSentence(now: SpeakerSnapshot, words: Words): string {
  if (now.state === "joining") return words.joining;
  if (now.state === "rejoining") return words.rejoining;
  if (now.state === "stage_away") return words.stageAway;
  if (now.spaceState === "on_air") return now.isMuted ? words.onStageOnAirMuted : words.onStageOnAir;
  if (now.isMuted) return words.onStageMutedQuiet;
  return now.spaceState === "paused" ? words.onStagePaused : words.onStageGreenRoom;
}

function forTests(now: SpeakerSnapshot): Record<string, unknown> {
  const { state, spaceState, isMuted, rejoins, microphone: mic } = now;
  const isOn = wantsStage(state);
  return { state, spaceState, isMuted, rejoins, isOn, microphone: mic, speaking: Object.keys(now.speaking) };
}

customElements.define("stentor-speak", SpeakPage);
