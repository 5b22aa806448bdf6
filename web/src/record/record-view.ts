/** The whole page of a record: sound on top, the transcript, and beside it brief, chapters or what becomes of it. */
import { html, nothing, type TemplateResult } from "lit";
import { keep, recalled } from "../host/remembered";
import { undo } from "../ui/host-icons";
import { isLong } from "../ui/text";
import { bar, SKIP_MS } from "./bar";
import { briefPart } from "./brief-part";
import { chapterHere, chaptersPart } from "./chapters-part";
import { SUMMARY_LINES_MAX } from "./brief-edits";
import { keepPart } from "./keep-part";
import { help } from "./help";
import { deedOf, placeOf } from "./keys";
import { NowMark, selectedIn } from "./marks";
import { quoted } from "./quoted";
import { quoteOfSpan } from "./quoting";
import type { Done } from "./record-desk";
import { script, showDoubt } from "./script";
import { states } from "./states";
import type { Drawn, Part, Table } from "./table";
import { open } from "./turn";
import { momentAt, turnNow } from "./words-of";

const LETTERS_STORED_AS = "stentor.letters";
/** Back by this much while writing: far enough to hear the sentence again. */
const REWIND_MS = 3_000;

export class RecordView {
  private areLettersOn = recalled(LETTERS_STORED_AS) !== "off";
  private readonly now: NowMark;

  /** @param table as it is now; null while there is nothing to show. @param root where all of it is drawn. */
  constructor(
    private readonly table: () => Table | null,
    private readonly root: HTMLElement,
  ) {
    this.now = new NowMark(root);
    addEventListener("keydown", (event) => this.keyDown(event));
    document.addEventListener("selectionchange", () => this.select());
  }

  render(table: Table): TemplateResult {
    const { words, desk } = table;
    const title = desk.space?.title ?? "";
    return html`<div class="title"><h1 class=${isLong(title) ? "long" : ""}>${title}</h1></div>
      ${states(table)}
      ${desk.refusal ? html`<p class="refusal" role="alert" data-test="refusal">${words.notDone(desk.refusal)}</p>` : nothing}
      ${desk.record?.is_recorded && !desk.record.is_gone ? this.kept(table) : nothing}
      <div class="toast" role="status" aria-live="polite">${desk.done ? doneSaid(table, desk.done) : nothing}</div>`;
  }

  private kept(table: Table): TemplateResult {
    const { desk, ui } = table;
    const { part } = ui;
    return html`<div class="sound">${bar(table)}</div>
      <div class="desk" data-part=${part} data-words=${desk.transcript.transcript !== null}>
        ${tabs(table)}
        <div class="words-column" @click=${(event: MouseEvent) => this.click(event)}>${script(table)}</div>
        <div class="side-column">
          ${part === "chapters" ? chaptersPart(table) : part === "keep" ? keepPart(table) : briefPart(table)}
        </div>
      </div>
      ${quoting(table)}
      ${help(table, this.areLettersOn, () => {
        this.areLettersOn = !this.areLettersOn;
        keep(LETTERS_STORED_AS, this.areLettersOn ? "on" : "off");
        table.redraw();
      })}`;
  }

  /** What is heard now is marked without drawing anything anew. */
  drawn(): void {
    const table = this.table();
    const transcript = table?.desk.transcript.older ?? table?.desk.transcript.transcript;
    if (table && transcript) this.now.show(transcript.turns, table.desk.sound.atMs, table.desk.sound.isPlaying);
  }

  /** A word that is clicked is heard. */
  private click(event: MouseEvent): void {
    const table = this.table();
    const said = (event.target as Element).closest<HTMLElement>(".spoken");
    if (!table || !said || !getSelection()?.isCollapsed) return;
    const found = selectedIn(said);
    const transcript = table.desk.transcript.older ?? table.desk.transcript.transcript;
    const turn = transcript?.turns.find(({ id }) => id === found?.turn);
    if (found && turn) table.desk.sound.playFrom(momentAt(turn, said.textContent ?? "", found.from));
  }

  private select(): void {
    const table = this.table();
    if (!table) return;
    const selection = getSelection();
    const node = selection?.anchorNode;
    const said = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>(".spoken") ?? null;
    const found = said && !selection?.isCollapsed && this.root.contains(said) ? selectedIn(said) : null;
    const was = table.ui.selected;
    if (was === found || (was && found && was.turn === found.turn && was.from === found.from && was.to === found.to)) return;
    table.ui.selected = found && found.to > found.from ? found : null;
    table.redraw();
  }

  private keyDown(event: KeyboardEvent): void {
    const table = this.table();
    if (!table) return;
    const { desk, ui } = table;
    if (event.key === "Escape" && (ui.isHelpOpen || ui.asking)) {
      ui.isHelpOpen = false;
      ui.asking = null;
      return table.redraw();
    }
    const deed = deedOf(event, placeOf(event.target), this.areLettersOn);
    if (deed === null) return;
    event.preventDefault();
    const heard = desk.transcript.transcript?.turns ?? [];
    switch (deed) {
      case "play":
        return desk.sound.toggle();
      case "back":
        return desk.sound.skip(ui.editing === null ? -SKIP_MS : -REWIND_MS);
      case "on":
        return desk.sound.skip(SKIP_MS);
      case "doubt_next":
        return showDoubt(table, 1);
      case "doubt_before":
        return showDoubt(table, -1);
      case "edit": {
        const turn = heard[Math.max(0, turnNow(heard, desk.sound.atMs))];
        return turn && open(table, turn.id);
      }
      case "chapter":
        return chapterHere(table);
      case "find":
        ui.isFinding = true;
        table.redraw();
        return table.go("[data-test=find]", true);
      case "undo":
        return desk.done?.undo ? void desk.undo() : desk.transcript.undo();
      case "save":
        return void this.save(table);
      case "help":
        ui.isHelpOpen = !ui.isHelpOpen;
        return table.redraw();
      case "leave":
        return this.leave(table);
      case "turn_next": {
        const next = heard[heard.findIndex(({ id }) => id === ui.editing) + 1];
        return next ? open(table, next.id) : this.leave(table);
      }
    }
  }

  private leave(table: Table): void {
    const { editing } = table.ui;
    table.ui.editing = null;
    table.desk.transcript.settle();
    table.redraw();
    table.go(`[data-turn="${editing}"] [data-test=turn-edit]`, true);
  }

  private async save({ desk, ui }: Table): Promise<void> {
    if (desk.transcript.isChanged) await desk.transcript.save();
    else if (ui.part === "chapters" && desk.chapters.isChanged) await desk.saveChapters();
    else if (desk.brief.isChanged) await desk.brief.save();
  }
}

function tabs(table: Table): TemplateResult {
  const { words, ui } = table;
  const parts: [Part, string][] = [
    ["words", words.recPartWords],
    ["brief", words.recPartBrief],
    ["chapters", words.recPartChapters],
    ["keep", words.recPartKeep],
  ];
  const go = (part: Part) => (): void => {
    ui.part = part;
    table.redraw();
  };
  return html`<nav class="tabs" aria-label=${words.recParts}>
    ${parts.map(
      ([part, label]) =>
        html`<button aria-current=${ui.part === part ? "true" : "false"} data-part=${part} data-test="tab-${part}" @click=${go(part)}>${label}</button>`,
    )}
  </nav>`;
}

/** Pressing a button would take the selection away before it is used. */
function keepSelection(event: Event): void {
  event.preventDefault();
}

/** What can be done with words that are selected. */
function quoting(table: Table): Drawn {
  const { words, desk, ui } = table;
  const { selected } = ui;
  const turn = desk.transcript.transcript?.turns.find(({ id }) => id === selected?.turn);
  if (!selected || !turn || desk.transcript.older) return nothing;
  const { brief } = desk.brief;
  const refused = brief === null ? words.recQuoteNoBrief : desk.transcript.edits[turn.id] ? words.recQuoteSaveFirst : null;
  const isFull = (brief?.summary.length ?? 0) >= SUMMARY_LINES_MAX;
  const take = (where: "section" | "summary") => (): void => {
    const quote = quoteOfSpan(turn, selected.from, selected.to);
    if (quote) quoted(table, quote, where);
  };
  return html`<div class="quoting" data-test="quoting" @mousedown=${keepSelection}>
    ${refused
      ? html`<p>${refused}</p>`
      : html`<button class="button small primary" data-test="quote-these" @click=${take("section")}>${words.recQuoteThese}</button>
          <button class="button small" data-test="quote-summary" ?disabled=${isFull} title=${isFull ? words.recSummaryFull : nothing} @click=${take("summary")}>
            ${words.recQuoteSummary}
          </button>`}
  </div>`;
}

function doneSaid({ words, desk }: Table, { deed, name, undo: back }: Done): TemplateResult {
  const said = words[`recDid_${deed}`];
  return html`<div class="said" data-test="done">
    <span>${typeof said === "string" ? said : said(name)}</span>
    ${back ? html`<button class="button small" data-test="undo" @click=${() => void desk.undo()}>${undo}${words.undo}</button>` : nothing}
  </div>`;
}
