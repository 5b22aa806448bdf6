/** The form of find and replace. */
import { html, nothing } from "lit";
import { hits, type Wanted } from "./replacing";
import type { Drawn, Table } from "./table";
import type { Transcript } from "./told";

export function findForm(table: Table, transcript: Transcript): Drawn {
  const { words, desk, ui, speech } = table;
  const wanted: Wanted = { find: ui.find, matchCase: ui.matchCase, wholeWords: ui.wholeWords };
  const found = hits(transcript.turns, desk.transcript.edits, wanted);
  const write = (name: "find" | "by") => (event: Event): void => {
    ui[name] = (event.target as HTMLInputElement).value;
    ui.hit = -1;
    table.redraw();
  };
  const check = (name: "matchCase" | "wholeWords") => (event: Event): void => {
    ui[name] = (event.target as HTMLInputElement).checked;
    ui.hit = -1;
    table.redraw();
  };
  const next = (event: Event): void => {
    event.preventDefault();
    if (found.length === 0) return;
    ui.hit = (ui.hit + 1) % found.length;
    table.redraw();
    table.go(`[data-turn="${found[ui.hit]!.turn}"]`);
  };
  const close = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    ui.isFinding = false;
    table.redraw();
  };
  return html`<form class="finding" data-test="finding" @submit=${next} @keydown=${close}>
    <label class="field"><span>${words.recFindWhat}</span>
      <input name="find" autocomplete="off" spellcheck="false" data-test="find" .value=${ui.find} @input=${write("find")} /></label>
    <label class="field"><span>${words.recReplaceBy}</span>
      <input name="by" autocomplete="off" data-test="replace-by" .value=${ui.by} @input=${write("by")} /></label>
    <div class="row">
      <label class="check"><input type="checkbox" .checked=${ui.matchCase} @change=${check("matchCase")} /><span>${words.recMatchCase}</span></label>
      <label class="check"><input type="checkbox" .checked=${ui.wholeWords} @change=${check("wholeWords")} /><span>${words.recWholeWords}</span></label>
    </div>
    <div class="row">
      <button class="button small" data-test="find-next" ?disabled=${found.length === 0}>${words.recFoundNext}</button>
      <button
        class="button small"
        type="button"
        data-test="replace-all"
        ?disabled=${found.length === 0}
        @click=${() => desk.transcript.replaceAll(wanted, ui.by, found.length)}
      >
        ${words.recReplaceAll(found.length, speech.count(found.length))}
      </button>
      <span class="quiet small" role="status" data-test="found">
        ${ui.find.trim() === ""
          ? nothing
          : found.length === 0
            ? words.recFoundNone
            : words.recFound(ui.hit < 0 ? "–" : speech.count(ui.hit + 1), speech.count(found.length))}
      </span>
    </div>
  </form>`;
}
