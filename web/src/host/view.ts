/** The whole console on a page: stage, line and audience beside each other, or behind three tabs on a phone. */
import { html, nothing, type TemplateResult } from "lit";
import { audience } from "./audience";
import { bar } from "./bar";
import { mark } from "./chapters";
import { doors } from "./doors";
import type { Desk, Part } from "./desk";
import { invitations } from "./invitations";
import { busyAt, deedOf } from "./keys";
import { line } from "./line";
import { help, toast } from "./notes";
import { out } from "./out";
import { people } from "./people";
import { questions } from "./questions";
import { keep, recalled } from "./remembered";
import { sounds } from "./sounds";

const LETTERS_STORED_AS = "stentor.letters";

/** What only who is on stage can do with their own microphone. */
export interface Voice {
  readonly isMuted: () => boolean;
  readonly mute: (wantsMuted: boolean) => void;
}

export class HostView {
  private areLettersOn = recalled(LETTERS_STORED_AS) !== "off";
  private isTalking = false;

  /** @param desk as it is now; null while there is nothing to lead. @param voice null: not on stage. */
  constructor(
    private readonly desk: () => Desk | null,
    private readonly voice: () => Voice | null,
  ) {
    addEventListener("keydown", (event) => this.keyDown(event));
    addEventListener("keyup", (event) => this.keyUp(event));
    // Who looks elsewhere while holding the bar must not stay on the air.
    addEventListener("blur", () => this.endTalk());
  }

  /** @param head how it is, in words. @param own what belongs to this person's own microphone. */
  render(desk: Desk, head: unknown, own: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`${bar(desk, head)} ${tabs(desk)}
      <div class="console" data-part=${desk.ui.part}>
        <div class="column stage-column" id="part-stage">${people(desk)} ${own}</div>
        <div class="column line-column" id="part-line">${line(desk)} ${questions(desk)}</div>
        <div class="column audience-column" id="part-audience">${audience(desk)} ${doors(desk)}</div>
        <div class="column invite-column" id="part-invite">${invitations(desk)} ${sounds(desk)} ${out(desk)}</div>
      </div>
      ${toast(desk)}
      ${help(desk, this.areLettersOn, () => {
        this.areLettersOn = !this.areLettersOn;
        keep(LETTERS_STORED_AS, this.areLettersOn ? "on" : "off");
        desk.redraw();
      })}`;
  }

  private keyDown(event: KeyboardEvent): void {
    const desk = this.desk();
    if (!desk) return;
    if (event.key === "Escape" && (desk.ui.isHelpOpen || desk.ui.asking || desk.ui.menu)) {
      desk.ui.isHelpOpen = false;
      desk.ui.asking = desk.ui.menu = null;
      return desk.redraw();
    }
    const deed = this.areLettersOn ? deedOf(event, busyAt(event.target)) : null;
    if (deed === null) return;
    event.preventDefault();
    const { console: host } = desk;
    const voice = this.voice();
    switch (deed) {
      case "mute":
        voice?.mute(!voice.isMuted());
        break;
      case "talk":
        if (voice?.isMuted()) this.beginTalk(voice);
        break;
      case "accept":
        void host.acceptFirst();
        break;
      case "question":
        void host.nextQuestion();
        break;
      case "mute_all":
        void host.muteAll(false);
        break;
      case "chapter":
        mark(desk);
        break;
      case "pause":
        if (host.space?.state === "on_air") void host.move("paused");
        if (host.space?.state === "paused") void host.move("on_air");
        break;
      case "undo":
        void host.undo();
        break;
      case "help":
        desk.ui.isHelpOpen = !desk.ui.isHelpOpen;
        desk.redraw();
        break;
    }
  }

  private keyUp(event: KeyboardEvent): void {
    if (event.key === " ") this.endTalk();
  }

  private beginTalk(voice: Voice): void {
    this.isTalking = true;
    voice.mute(false);
  }

  private endTalk(): void {
    if (this.isTalking) this.voice()?.mute(true);
    this.isTalking = false;
  }
}

function tabs(desk: Desk): TemplateResult {
  const { words, ui, console: host, speech } = desk;
  const parts: [Part, string, number][] = [
    ["stage", words.partStage, 0],
    ["line", words.partLine, host.line.length + host.waitingQuestions.length],
    ["audience", words.partAudience, 0],
    ["invite", words.partInvite, 0],
  ];
  const go = (part: Part) => (): void => {
    ui.part = part;
    desk.redraw();
  };
  return html`<nav class="tabs" aria-label=${words.hostDesk}>
    ${parts.map(
      ([part, label, count]) =>
        html`<button aria-current=${ui.part === part ? "true" : "false"} data-test="tab-${part}" @click=${go(part)}>
          ${label}${count ? html` <span class="figure">${speech.count(count)}</span>` : ""}
        </button>`,
    )}
  </nav>`;
}
