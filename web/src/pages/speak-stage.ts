/** On stage: how it is, in one sentence; mute, which is the largest thing; leave, which asks once. */
import { html, nothing, type TemplateResult } from "lit";
import type { Words } from "../i18n/speak";
import type { Speech } from "../i18n/language";
import { microphone, microphoneOff } from "../ui/icons";
import { lock } from "../ui/host-icons";
import type { Speaker, SpeakerSnapshot } from "../speaker/speaker";

export class OnStage {
  private isLeaving = false;

  constructor(
    private readonly speaker: Speaker,
    private readonly redraw: () => void,
    private readonly focus: (selector: string) => void,
  ) {}

  news(now: SpeakerSnapshot, words: Words): TemplateResult {
    const isTrouble = now.state === "rejoining" || now.state === "stage_away";
    const leading = leadingSentence(now, words);
    return html`<div class="news ${isTrouble ? "trouble" : ""}">
      <p class="sentence" data-test="state-line" role="status" aria-live="polite">${onStageSentence(now, words)}</p>
      ${leading ? html`<p class="leading" role="status" data-test="leading">${leading}</p>` : nothing}
      ${now.isEcho ? html`<p class="warning" role="alert" data-test="echo">${words.echoHeard}</p>` : nothing}
      ${now.isDeaf
        ? html`<button class="button primary" data-test="hear" @click=${() => this.speaker.others.play()}>${words.hearOthers}</button>`
        : nothing}
    </div>`;
  }

  /** The quality of the line, only from what was measured. */
  line(now: SpeakerSnapshot, speech: Speech<Words>): TemplateResult | typeof nothing {
    if (now.state !== "on_stage") return nothing;
    const { words } = speech;
    const says = { unknown: words.lineUnknown, good: words.lineGood, fair: words.lineFair, poor: words.linePoor }[now.line];
    const { rttMs, loss } = now.measure;
    const figures = [
      rttMs === null ? "" : words.lineRtt(speech.count(Math.round(rttMs))),
      loss === null ? "" : words.lineLoss(speech.seconds(loss * 100)),
    ].filter((figure) => figure !== "");
    return html`<p class="my-line ${now.line}" data-test="line" data-line=${now.line}>
      <span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>
      <span>${says}<span class="quiet">${figures.map((figure) => html` · ${figure}`)}</span></span>
    </p>`;
  }

  dock(now: SpeakerSnapshot, words: Words): TemplateResult {
    return html`<div class="dock">${this.mute(now, words)} ${this.leaving(words)}</div>`;
  }

  private mute(now: SpeakerSnapshot, words: Words): TemplateResult {
    const isLocked = now.closedBy === "lock";
    const [says, hint] = {
      nobody: [words.muteOpen, words.muteOpenHint],
      me: [words.muteClosed, words.muteClosedHint],
      host: [words.muteByHost, words.muteClosedHint],
      lock: [words.muteLocked, words.muteLockedHint],
    }[now.closedBy];
    const press = (): void => {
      if (!isLocked) this.speaker.mute(!now.isMuted);
    };
    return html`<button
      class="mute"
      data-test="mute"
      data-closed-by=${now.closedBy}
      aria-pressed=${now.isMuted}
      aria-disabled=${isLocked}
      @click=${press}
    >
      ${isLocked ? lock : now.isMuted ? microphoneOff : microphone}
      <span><strong>${says}</strong> <span>${hint}</span></span>
    </button>`;
  }

  private leaving(words: Words): TemplateResult {
    if (!this.isLeaving) {
      return html`<button class="button leave" data-test="leave" @click=${() => this.askToLeave(true)}>${words.leave}</button>`;
    }
    return html`<div class="row ask" role="group" aria-label=${words.leaveAsk}>
      <span>${words.leaveAsk}</span>
      <button class="button danger sure" data-test="leave-yes" @click=${() => this.leave()}>${words.leaveYes}</button>
      <button class="button" data-test="leave-no" @click=${() => this.askToLeave(false)}>${words.stay}</button>
    </div>`;
  }

  private askToLeave(isLeaving: boolean): void {
    this.isLeaving = isLeaving;
    this.redraw();
    this.focus(isLeaving ? "[data-test=leave-no]" : "[data-test=leave]");
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
  if (now.spaceState === "ending") return words.onStageEnding;
  if (now.closedBy === "lock") return words.onStageLocked;
  if (now.closedBy === "host") return words.onStageMutedByHost;
  if (now.spaceState === "on_air") return now.isMuted ? words.onStageOnAirMuted : words.onStageOnAir;
  if (now.isMuted) return words.onStageMutedQuiet;
  return now.spaceState === "paused" ? words.onStagePaused : words.onStageGreenRoom;
}

/** Only when it is not the host who leads: that needs no words. */
function leadingSentence(now: SpeakerSnapshot, words: Words): string | null {
  if (now.state !== "on_stage" || now.people.length === 0) return null;
  const isHostHere = now.people.some(({ role, away }) => role === "host" && !away);
  if (isHostHere || now.me?.role === "host") return null;
  if (now.lead !== null && now.lead === now.me?.person) return words.leadingYou;
  const leader = now.people.find(({ id }) => id === now.lead);
  return leader ? words.leadingOther(leader.name) : words.leadingNobody;
}
