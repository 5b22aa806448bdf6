/** One turn of the transcript: to be read and played, or to be written. */
import { html, nothing } from "lit";
import { lasted } from "../ui/lasting";
import { hue } from "../ui/tint";
import { pencil, undo } from "../ui/host-icons";
import { play } from "../ui/icons";
import { DOUBTFUL_BELOW } from "./doubt";
import { shownPerson, shownText, type Edits } from "./edits";
import type { Clash } from "./merging";
import { quoteOf } from "./quoting";
import { quoted } from "./quoted";
import { grow, nameOf, type Drawn, type Table } from "./table";
import type { Turn } from "./told";
import { startOf, textOf } from "./words-of";

/** What decides how it looks: the same values, the same drawing. */
export interface TurnView {
  readonly turn: Turn;
  readonly edits: Edits;
  readonly isEditing: boolean;
  readonly clash: Clash | undefined;
  /** Index of the doubtful word that is looked at. */
  readonly doubt: number | null;
  /** An older version, which is only looked at. */
  readonly isOld: boolean;
}

export function turnRow(table: Table, view: TurnView): Drawn {
  const { turn, edits } = view;
  const edit = view.isOld ? undefined : edits[turn.id];
  const name = nameOf(table, shownPerson(turn, view.isOld ? {} : edits));
  return html`<div class="turn-in ${edit?.isRemoved ? "gone" : ""} ${edit ? "changed" : ""}" style="--hue:${hue(name)}">
    ${view.clash ? clashNote(table, view.clash) : nothing}
    ${view.isEditing && !view.isOld ? writing(table, view) : reading(table, view, name)}
  </div>`;
}

function reading(table: Table, { turn, edits, doubt, isOld }: TurnView, name: string): Drawn {
  const { words, desk } = table;
  const edit = isOld ? undefined : edits[turn.id];
  const clock = lasted(startOf(turn));
  return html`<div class="turn-head">
      <button class="when" data-test="turn-play" aria-label=${words.playFrom(clock, name)} @click=${() => desk.sound.playFrom(startOf(turn))}>
        ${play}<span>${clock}</span>
      </button>
      <strong class="speaker"><i aria-hidden="true"></i>${name}</strong>
      ${edit?.isRemoved
        ? html`<span class="quiet small">${words.recTurnRemoved}</span>
            <button class="button small quiet" data-test="turn-back" @click=${() => desk.transcript.removed(turn, false)}>${undo}${words.recTurnBack}</button>`
        : html`${turn.is_edited || edit ? html`<span class="quiet small flag">${words.recTurnEdited}</span>` : nothing}
            ${isOld
              ? nothing
              : html`<button class="tool" data-test="turn-edit" aria-label=${words.recEditTurn(name, clock)} @click=${() => open(table, turn.id)}>${pencil}</button>`}`}
    </div>
    <p class="spoken">${edit?.text === undefined ? runs(turn, doubt) : edit.text}</p>`;
}

/** The words as one text, letter for letter: a click and a selection are counted in it. */
function runs(turn: Turn, doubt: number | null): unknown {
  if (turn.is_edited || turn.words.every(({ confidence }) => confidence >= DOUBTFUL_BELOW)) return textOf(turn);
  const parts: unknown[] = [];
  for (const [index, { text, confidence }] of turn.words.entries()) {
    if (index > 0) parts.push(" ");
    parts.push(confidence < DOUBTFUL_BELOW ? html`<mark class=${index === doubt ? "here" : ""} data-word=${index}>${text}</mark>` : text);
  }
  return parts;
}

function writing(table: Table, { turn, edits }: TurnView): Drawn {
  const { words, desk, ui } = table;
  const person = shownPerson(turn, edits);
  const name = nameOf(table, person);
  const people = Object.entries(desk.transcript.transcript?.names ?? {});
  const done = (): void => {
    ui.editing = null;
    desk.transcript.settle();
    table.redraw();
    table.go(`[data-turn="${turn.id}"] [data-test=turn-edit]`, true);
  };
  const quoteAll = (): void => {
    const quote = quoteOf(turn, 0, turn.words.length - 1);
    if (quote) quoted(table, quote, "section");
  };
  const written = (event: Event): void => {
    const field = event.target as HTMLTextAreaElement;
    grow(field);
    desk.transcript.text(turn, field.value);
  };
  return html`<div class="turn-head">
      <button class="when" aria-label=${words.playFrom(lasted(startOf(turn)), name)} @click=${() => desk.sound.playFrom(startOf(turn))}>
        ${play}<span>${lasted(startOf(turn))}</span>
      </button>
      <select
        aria-label=${words.recTurnWho}
        data-test="turn-who"
        @change=${(event: Event) => desk.transcript.person(turn, (event.target as HTMLSelectElement).value)}
      >
        ${people.map(([id, shown]) => html`<option value=${id} ?selected=${id === person}>${shown}</option>`)}
      </select>
    </div>
    <textarea
      rows="2"
      lang=${desk.transcript.transcript?.language ?? nothing}
      aria-label=${words.recTurnText(name)}
      aria-describedby="turn-hint"
      data-test="turn-text"
      .value=${shownText(turn, edits)}
      @input=${written}
      @blur=${() => desk.transcript.settle()}
    ></textarea>
    <p class="quiet small" id="turn-hint">${words.recTurnHint}</p>
    <div class="row">
      <button class="button small primary" data-test="turn-done" @click=${done}>${words.recTurnDone}</button>
      <button class="button small quiet" data-test="turn-remove" @click=${() => (desk.transcript.removed(turn, true), done())}>${words.recTurnRemove}</button>
      ${edits[turn.id] || !desk.brief.brief ? nothing : html`<button class="button small quiet" data-test="quote-all" @click=${quoteAll}>${words.recTurnQuote}</button>`}
    </div>`;
}

/** Opens a turn's words for writing. @param word is selected in it. */
export function open(table: Table, id: string, word: readonly [number, number] | null = null): void {
  table.ui.editing = id;
  table.desk.transcript.settle();
  table.redraw();
  table.go(`[data-turn="${id}"] textarea`, true);
  if (word) setTimeout(() => document.querySelector<HTMLTextAreaElement>(`[data-turn="${id}"] textarea`)?.setSelectionRange(...word));
}

function clashNote(table: Table, clash: Clash): Drawn {
  const { words, desk } = table;
  const by = desk.transcript.transcript?.by ?? "";
  const settle = (isMine: boolean) => (): void => desk.transcript.settleClash(clash, isMine);
  return html`<div class="asked clash" role="group" data-test="clash">
    <p class="small">${words.recClashTheirs(by)}</p>
    <blockquote>${clash.theirs?.text}</blockquote>
    <div class="row">
      <button class="button small" data-test="clash-mine" @click=${settle(true)}>${words.recClashMine}</button>
      <button class="button small" data-test="clash-theirs" @click=${settle(false)}>${words.recClashTake}</button>
    </div>
  </div>`;
}
