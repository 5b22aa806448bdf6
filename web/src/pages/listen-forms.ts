/**
 * The two forms of the listener's page: a question in text, and the wish to speak. Loaded when one is first opened.
 *
 * A native modal dialog keeps the keyboard inside, closes with Escape and gives the focus back. What was typed stays
 * until it has arrived.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { Counter, Outcome } from "../audience/counter";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import { cross } from "../ui/icons";

/** As in `stentor/limits.py`. */
const QUESTION_LENGTH_MAX = 280;
const NOTE_LENGTH_MAX = 140;
const NAME_LENGTH_MAX = 60;
/** From here on the rest is counted. */
const COUNTED_FROM = 60;

type Which = "question" | "speak";
type Say = (words: Words, speech: Speech<Words>) => string;

export class Forms {
  /** Link of this person's place in the line; for this page's life only, since it is a capability. */
  place: string | null = null;
  private which: Which | null = null;
  private isSending = false;
  private trouble: Say | null = null;
  private name = "";
  private text = { question: "", speak: "" };

  constructor(
    private readonly counter: Counter,
    private readonly redraw: () => void,
    private readonly say: (note: Say) => void,
  ) {}

  open(which: Which): void {
    this.which = which;
    this.trouble = null;
    this.redraw();
  }

  render(speech: Speech<Words>, isRecorded: boolean): TemplateResult | typeof nothing {
    if (!this.which) return nothing;
    const { words } = speech;
    const body = this.which === "question" ? this.question(speech) : this.place ? this.placed(words) : this.speak(speech, isRecorded);
    return html`<dialog class="sheet" data-test="sheet" aria-labelledby="sheet-title" @close=${() => this.closed()}>
      <button class="round close" data-test="close" aria-label=${words.close} @click=${close}>${cross}</button>
      ${body}
    </dialog>`;
  }

  /** A dialog must be opened by its method to be modal. */
  drawn(root: ParentNode): void {
    const dialog = root.querySelector<HTMLDialogElement>("dialog.sheet");
    if (dialog && !dialog.open) dialog.showModal();
  }

  private question(speech: Speech<Words>): TemplateResult {
    const { words } = speech;
    return this.form(
      words.questionTitle,
      words.questionHint,
      html`${this.area("question", words.questionText, QUESTION_LENGTH_MAX, speech)}
      ${this.nameField(words.yourNameOptional, false)}`,
      words.send,
      words,
      speech,
    );
  }

  private speak(speech: Speech<Words>, isRecorded: boolean): TemplateResult {
    const { words } = speech;
    return this.form(
      words.speakTitle,
      words.speakHint,
      html`${this.nameField(words.yourName, true)} ${this.area("speak", words.speakNote, NOTE_LENGTH_MAX, speech)}
        <p class="small quiet" data-test="speak-recorded">${isRecorded ? words.speakRecorded : words.speakNotRecorded}</p>`,
      words.speakAsk,
      words,
      speech,
    );
  }

  private placed(words: Words): TemplateResult {
    return html`<h2 id="sheet-title">${words.speakDoneTitle}</h2>
      <p>${words.speakDone}</p>
      <div class="row">
        <a class="button primary" data-test="speak-go" href=${this.place!} referrerpolicy="no-referrer">${words.speakGo}</a>
        <button class="button" data-test="speak-stay" @click=${close}>${words.speakStay}</button>
      </div>`;
  }

  private form(
    title: string,
    hint: string,
    fields: TemplateResult,
    send: string,
    words: Words,
    speech: Speech<Words>,
  ): TemplateResult {
    return html`<form @submit=${(event: SubmitEvent) => void this.submitted(event)}>
      <h2 id="sheet-title">${title}</h2>
      <p class="quiet">${hint}</p>
      ${fields}
      <p class="trouble" role="alert" data-test="trouble">${this.trouble?.(words, speech) ?? ""}</p>
      <div class="row">
        <button class="button primary" data-test="send" ?disabled=${this.isSending}>${send}</button>
        <button class="button" type="button" @click=${close}>${words.cancel}</button>
      </div>
    </form>`;
  }

  private area(which: Which, label: string, lengthMax: number, speech: Speech<Words>): TemplateResult {
    const left = lengthMax - this.text[which].length;
    const typed = (event: Event): void => {
      this.text = { ...this.text, [which]: (event.target as HTMLTextAreaElement).value };
      this.redraw();
    };
    return html`<label class="field">
      <span>${label}</span>
      <textarea
        data-test="text"
        rows=${which === "question" ? 4 : 2}
        maxlength=${lengthMax}
        ?required=${which === "question"}
        ?autofocus=${which === "question"}
        .value=${this.text[which]}
        @input=${typed}
      ></textarea>
      <span class="small quiet left">${left <= COUNTED_FROM ? speech.words.charactersLeft(left, speech.count(left)) : ""}</span>
    </label>`;
  }

  private nameField(label: string, isRequired: boolean): TemplateResult {
    return html`<label class="field">
      <span>${label}</span>
      <input
        data-test="name"
        autocomplete="name"
        maxlength=${NAME_LENGTH_MAX}
        ?required=${isRequired}
        ?autofocus=${isRequired}
        .value=${this.name}
        @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
      />
    </label>`;
  }

  private async submitted(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { which } = this;
    if (!which || this.isSending) return;
    const dialog = (event.target as Element).closest("dialog");
    this.isSending = true;
    this.trouble = null;
    this.redraw();
    const [name, text] = [this.name.trim(), this.text[which].trim()];
    const outcome = which === "question" ? await this.counter.question(text, name) : await this.counter.ask(name, text);
    this.isSending = false;
    if (outcome.kind !== "done") this.trouble = troubleOf(outcome, which);
    else {
      this.text = { ...this.text, [which]: "" };
      if (which === "speak") this.place = outcome.link;
      else {
        dialog?.close();
        this.say((words) => words.questionSent);
      }
    }
    this.redraw();
  }

  private closed(): void {
    this.which = null;
    this.redraw();
  }
}

function close(event: Event): void {
  (event.currentTarget as Element).closest("dialog")?.close();
}

function troubleOf(outcome: Exclude<Outcome, { kind: "done" }>, which: Which): Say {
  switch (outcome.kind) {
    case "later":
      return (words, speech) => words.tooFast(speech.count(outcome.afterS));
    case "off":
      return (words) => words.extrasOff;
    case "closed":
      return (words) => (which === "speak" ? words.speakFull : words.questionsClosed);
    case "refused":
      return (words) => words.refused;
    case "unreachable":
      return (words) => words.notSent;
  }
}
