/** The transcript's editor: tools, turns, what is not saved, versions. */
import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { twice } from "../host/desk";
import { glass, tick } from "../ui/icons";
import { undo } from "../ui/host-icons";
import { doubts } from "./doubt";
import { countOf } from "./edits";
import { findForm } from "./finding";
import { whenOf, type Drawn, type Table } from "./table";
import type { Transcript } from "./told";
import { open, turnRow } from "./turn";
import { spanOf } from "./words-of";
import type { News } from "./transcript-desk";
import { byWhom, looking, versions } from "./versions-part";

export function script(table: Table): Drawn {
  const { words, desk } = table;
  const { transcript } = desk.transcript;
  if (!transcript) return nothing;
  const older = desk.transcript.older;
  return html`<section class="panel script" aria-labelledby="script-title">
    <div class="panel-head">
      <h2 id="script-title">${words.recPartWords}</h2>
      ${transcript.is_machine ? html`<span class="tag machine">${words.machineTranscript}</span>` : nothing}
    </div>
    <p class="quiet small">${words.recScriptHint}</p>
    ${older ? looking(table, desk.transcript, "") : tools(table, transcript)}
    ${notes(table)}
    <ol class="turns" role="list" lang=${transcript.language} data-test="turns">
      ${repeat((older ?? transcript).turns, ({ id }) => id, (turn) => row(table, turn, older !== null))}
    </ol>
    ${unsaved(table)} ${versions(table, desk.transcript, { newest: transcript.version, kind: "" })}
  </section>`;
}

/** Drawn again only when something of it has changed: an evening has thousands. */
function row(table: Table, turn: Transcript["turns"][number], isOld: boolean): Drawn {
  const { desk, ui, speech } = table;
  const { edits, clashes, doubt } = desk.transcript;
  const view = {
    turn,
    edits,
    isEditing: ui.editing === turn.id,
    clash: clashes.find(({ id }) => id === turn.id),
    doubt: doubt?.turn === turn.id ? doubt.word : null,
    isOld,
  };
  const seen = [turn, edits[turn.id], view.isEditing, view.clash, view.doubt, isOld, speech.language, desk.brief.brief === null];
  return html`<li class="turn" data-test="turn" data-turn=${turn.id}>${guard(seen, () => turnRow(table, view))}</li>`;
}

function tools(table: Table, transcript: Transcript): Drawn {
  const { words, desk, ui, speech } = table;
  const { transcript: editing } = desk;
  const left = doubts(transcript.turns, editing.edits).length;
  const toggle = (): void => {
    ui.isFinding = !ui.isFinding;
    table.redraw();
    if (ui.isFinding) table.go("[data-test=find]", true);
  };
  return html`<div class="row script-tools">
      <button class="button small" data-test="doubt-next" ?disabled=${left === 0} @click=${() => showDoubt(table, 1)}>
        ${left === 0 ? words.recDoubtNone : words.recDoubtNext}
      </button>
      <span class="quiet small" data-test="doubts">${left === 0 ? nothing : words.recDoubtCount(left, speech.count(left))}</span>
      <button class="button small quiet" aria-expanded=${ui.isFinding} data-test="find-open" @click=${toggle}>${glass}${words.recFind}</button>
    </div>
    ${ui.isFinding ? findForm(table, transcript) : nothing}`;
}

/** Heard, seen, and one key away from being corrected. */
export function showDoubt(table: Table, step: 1 | -1): void {
  const { desk } = table;
  const doubt = desk.transcript.nextDoubt(step);
  const turn = desk.transcript.transcript?.turns.find(({ id }) => id === doubt?.turn);
  const word = doubt && turn?.words[doubt.word];
  if (!doubt || !turn || !word) return;
  const isWriting = table.ui.editing !== null;
  if (isWriting) open(table, turn.id, spanOf(turn, doubt.word));
  else table.go(`[data-turn="${turn.id}"] mark.here`);
  desk.sound.playAround(word.start_ms);
}

/** What happened, and what must be decided before anything is saved. */
function notes(table: Table): Drawn {
  const { words, desk, speech } = table;
  const { clashes, news, refusal, transcript } = desk.transcript;
  const gone = clashes.filter(({ theirs }) => theirs === null);
  return html`<div role="status">
      ${news ? html`<p class="news-line" data-test="news">${newsSaid(table, news)}</p>` : nothing}
    </div>
    ${refusal ? html`<p class="refusal" role="alert" data-test="script-refusal">${words.notDone(refusal)}</p>` : nothing}
    ${clashes.length > gone.length
      ? html`<div class="asked" role="alert" data-test="clashes">
          <p>${words.recClashes(clashes.length - gone.length, speech.count(clashes.length - gone.length))}</p>
          <button class="button small" @click=${() => table.go("[data-test=clash]")}>${words.recClashGoTo}</button>
        </div>`
      : nothing}
    ${gone.map(
      (clash) => html`<div class="asked" data-test="clash-gone">
        <p>${words.recClashGone(transcript?.by ?? "")}</p>
        <blockquote>${clash.mine}</blockquote>
        <button class="button small" @click=${() => desk.transcript.settleClash(clash, true)}>${words.recClashFine}</button>
      </div>`,
    )}`;
}

function newsSaid(table: Table, news: News): string {
  const { words, speech } = table;
  const count = speech.count.bind(speech);
  switch (news.kind) {
    case "saved":
      return words.recSaved(count(news.version));
    case "draft":
      return words.recDraftBack(whenOf(table, news.atMs));
    case "merged":
      return words.recMerged(byWhom(table, news.by), count(news.version));
    case "replaced":
      return words.recReplaced(news.count, count(news.count));
    case "restored":
      return news.lost === 0
        ? words.recRestored(count(news.version))
        : words.recRestoredWithout(count(news.version), news.lost, count(news.lost));
  }
}

/** Stays in sight while anything is not saved. */
function unsaved(table: Table): Drawn {
  const { words, desk, speech } = table;
  const { transcript } = desk;
  if (!transcript.isChanged) return nothing;
  const count = countOf(transcript.edits);
  return html`<div class="unsaved" data-test="unsaved">
    <p>${transcript.isSaving ? words.recSaving : words.recUnsaved(count, speech.count(count))}
      ${transcript.keeper.isForgetful ? html`<strong>${words.recForgetful}</strong>` : nothing}</p>
    <div class="row">
      <button class="button small primary" data-test="save" ?disabled=${transcript.isSaving || transcript.clashes.length > 0} @click=${() => void transcript.save()}>
        ${tick}${words.detailsSave}
      </button>
      <button class="button small" data-test="undo-edit" ?disabled=${!transcript.canUndo} @click=${() => transcript.undo()}>${undo}${words.undo}</button>
      ${twice(table, {
        key: "throw-away",
        label: words.recThrowAway,
        ask: words.recThrowAwayAsk,
        yes: words.recThrowAway,
        look: "small quiet",
        act: () => transcript.throwAway(),
      })}
    </div>
  </div>`;
}
