/**
 * What a listener can do besides listening, at the thumb's reach: react, raise a hand, ask a question, ask to speak.
 *
 * Comes in: presses, and what the audience did, as heard now. Goes out: requests at the front door's counter, figures
 * that rise beside the stage. The two forms are loaded when somebody first opens one.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import type { Counter, Outcome } from "../audience/counter";
import { Hand } from "../audience/hand";
import { REACTIONS, type Reaction } from "../audience/kinds";
import { Paced } from "../audience/paced";
import { Shower, type Figure } from "../audience/shower";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import { steadyS } from "../player/knocks";
import type { Snapshot } from "../player/player";
import { bubble, hand as handIcon, microphone } from "../ui/icons";
import { reactionIcon } from "../ui/reactions";
import type { Forms } from "./listen-forms";
import "./listen-take-part.css";

/** A note is read by then; the next one replaces it. */
const NOTE_MS = 6_000;
/** What edges allow, for a listener who is faster than that. */
const REST_S = 4;

type Note = (words: Words, speech: Speech<Words>) => string;

export class TakePart {
  private readonly hand: Hand;
  private readonly paced = new Paced();
  private readonly shower = new Shower(Math.random);
  private readonly isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  private forms: Forms | null = null;
  private note: Note | null = null;
  private noteTimer: ReturnType<typeof setTimeout> | undefined;
  /** The edge has said so; the next tick says whether it still holds. */
  private restsUntilS = 0;

  constructor(
    private readonly counter: Counter,
    private readonly redraw: () => void,
  ) {
    this.hand = new Hand(counter, redraw);
  }

  /** The audience has reacted; called when that is heard. */
  reacted(counts: Readonly<Record<string, number>>): void {
    if (!this.isCalm.matches) this.shower.fall(counts, performance.now());
  }

  /** The listener has gone, or the talk is over. */
  leave(): void {
    this.hand.drop();
  }

  /** The figures; nothing in them is news to a screen reader, which would be kept busy by it. */
  figures(): TemplateResult {
    return html`<div class="shower" aria-hidden="true" data-test="shower">
      ${repeat(this.shower.at(performance.now()), ({ id }) => id, figure)}
    </div>`;
  }

  render(now: Snapshot, speech: Speech<Words>): TemplateResult {
    const { words } = speech;
    const hasExtras = now.hasExtras && steadyS() >= this.restsUntilS;
    const isUp = this.hand.isUp;
    return html`<div class="take-part" data-test="take-part">
      ${hasExtras ? this.reactions(words) : html`<p class="rest" data-test="extras-off">${words.extrasOff}</p>`}
      <div class="actions">
        ${hasExtras
          ? html`<button class="act" data-test="hand" aria-pressed=${isUp} @click=${() => void this.raise(!isUp)}>
                ${handIcon}<span>${isUp ? words.lowerHand : words.raiseHand}</span>
              </button>
              <button class="act" data-test="question" aria-haspopup="dialog" @click=${() => this.open("question")}>
                ${bubble}<span>${words.askQuestion}</span>
              </button>`
          : nothing}
        ${this.speakButton(words)}
      </div>
      <p class="note" role="status" data-test="note">${this.note?.(words, speech) ?? ""}</p>
    </div>`;
  }

  /** The open form, if one is. @param isRecorded who asks to speak reads it before they do. */
  sheet(speech: Speech<Words>, isRecorded: boolean): TemplateResult | typeof nothing {
    return this.forms?.render(speech, isRecorded) ?? nothing;
  }

  /** Called after each drawing. */
  drawn(root: ParentNode): void {
    this.forms?.drawn(root);
  }

  private reactions(words: Words): TemplateResult {
    return html`<div class="reactions" role="group" aria-label=${words.react}>
      ${REACTIONS.map(
        (kind) =>
          html`<button data-test="react-${kind}" aria-label=${words[kind]} title=${words[kind]} @click=${() => void this.react(kind)}>
            ${reactionIcon(kind)}
          </button>`,
      )}
    </div>`;
  }

  private speakButton(words: Words): TemplateResult {
    const place = this.forms?.place ?? null;
    const show = html`${microphone}<span>${place ? words.myPlace : words.askToSpeak}</span>`;
    return html`<button class="act" data-test="speak" aria-haspopup="dialog" @click=${() => this.open("speak")}>${show}</button>`;
  }

  private async react(kind: Reaction): Promise<void> {
    if (!this.paced.may(steadyS())) return this.say((words, speech) => words.tooFast(speech.count(REST_S)));
    if (!this.isCalm.matches) this.shower.own(kind, performance.now());
    this.redraw();
    this.told(await this.counter.react(kind));
  }

  private async raise(isUp: boolean): Promise<void> {
    const outcome = await this.hand.set(isUp);
    if (outcome.kind === "done") this.say(isUp ? (words) => words.handIsUp : null);
    else this.told(outcome);
  }

  private told(outcome: Outcome): void {
    switch (outcome.kind) {
      case "done":
        return;
      case "later":
        this.paced.rest(steadyS(), outcome.afterS);
        return this.say((words, speech) => words.tooFast(speech.count(outcome.afterS)));
      case "off":
        this.restsUntilS = steadyS() + 10;
        return this.redraw();
      case "closed":
      case "refused":
        return this.say((words) => words.refused);
      case "unreachable":
        return this.say((words) => words.notSent);
    }
  }

  private say(note: Note | null): void {
    clearTimeout(this.noteTimer);
    this.note = note;
    if (note) this.noteTimer = setTimeout(() => this.say(null), NOTE_MS);
    this.redraw();
  }

  private open(which: "question" | "speak"): void {
    void this.ready().then((forms) => forms.open(which));
  }

  private async ready(): Promise<Forms> {
    if (this.forms) return this.forms;
    const { Forms } = await import("./listen-forms");
    this.forms ??= new Forms(this.counter, this.redraw, (note) => this.say(note));
    return this.forms;
  }
}

function figure({ kind, at, size, delayMs }: Figure): TemplateResult {
  const style = { "--at": at.toFixed(2), "--size": size.toFixed(2), "animation-delay": `${Math.round(delayMs)}ms` };
  return html`<span class="figure" style=${styleMap(style)}>
    ${reactionIcon(kind)}
  </span>`;
}
