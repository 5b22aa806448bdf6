/** The chapters' editor: where each begins, what it is called. */
import { html, nothing } from "lit";
import { tick } from "../ui/icons";
import { plus, trash } from "../ui/host-icons";
import { withChapter, withChapterAt, withChapterTitle, withoutChapter } from "./chapter-edits";
import { draftBack } from "./draft-back";
import { momentFrom, momentText } from "./moments";
import type { Drawn, Table } from "./table";
import type { ChapterTold } from "./told";

export function chaptersPart(table: Table): Drawn {
  const { words, desk } = table;
  return html`<section class="panel chapters" aria-labelledby="chapters-title">
    <div class="panel-head">
      <h2 id="chapters-title">${words.recPartChapters}</h2>
      <button class="button small" data-test="chapter-here" @click=${() => chapterHere(table)}>${plus}${words.recChapterHere}</button>
    </div>
    <p class="quiet small">${words.recChaptersHint}</p>
    ${draftBack(table, desk.chapters.draftMs, "chapters-draft")}
    ${desk.chapters.all.length === 0 ? html`<p class="quiet">${words.recChaptersNone}</p>` : nothing}
    <ol class="rows" role="list">
      ${desk.chapters.all.map((chapter, index) => row(table, chapter, index))}
    </ol>
    ${desk.chapters.isChanged
      ? html`<div class="unsaved" data-test="chapters-unsaved">
          <p>${words.recChaptersUnsaved} ${desk.chapters.keeper.isForgetful ? html`<strong>${words.recForgetful}</strong>` : nothing}</p>
          <div class="row">
            <button class="button small primary" data-test="chapters-save" @click=${() => void desk.saveChapters()}>${tick}${words.detailsSave}</button>
            <button class="button small" data-test="chapters-leave" @click=${() => desk.chapters.leave()}>${words.detailsCancel}</button>
          </div>
        </div>`
      : nothing}
  </section>`;
}

/** A new one where the sound is; its title is written next. */
export function chapterHere(table: Table): void {
  const { desk, ui, words, speech } = table;
  const at = Math.round(desk.sound.atMs / 100) * 100;
  desk.chapters.edit(withChapter(desk.chapters.all, at, words.recChapterNew(speech.count(desk.chapters.all.length + 1))));
  ui.part = "chapters";
  table.redraw();
  table.go(`[data-chapter="${at}"] [data-test=chapter-title]`, true);
}

function row(table: Table, chapter: ChapterTold, index: number): Drawn {
  const { words, desk } = table;
  const end = desk.record?.duration_ms ?? 0;
  const place = (ms: number | null): void => {
    if (ms !== null) desk.chapters.edit(withChapterAt(desk.chapters.all, index, ms, end));
    table.redraw();
  };
  const named = (event: Event): void => {
    desk.chapters.edit(withChapterTitle(desk.chapters.all, index, (event.target as HTMLInputElement).value));
  };
  const begun = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    place(momentFrom(field.value));
    field.value = momentText(desk.chapters.all[index]?.start_ms ?? chapter.start_ms);
  };
  return html`<li class="chapter" data-test="chapter" data-chapter=${chapter.start_ms}>
    <input class="moment" aria-label=${words.recChapterStart} inputmode="decimal" data-test="chapter-start" .value=${momentText(chapter.start_ms)} @change=${begun} />
    <input aria-label=${words.recChapterTitle} maxlength="200" data-test="chapter-title" .value=${chapter.title} @input=${named} />
    <button class="tool" aria-label=${words.recChapterRemove(chapter.title)} data-test="chapter-remove" @click=${() => desk.chapters.edit(withoutChapter(desk.chapters.all, index))}>${trash}</button>
    <div class="row">
      <button class="button small quiet" data-test="chapter-now" @click=${() => place(desk.sound.atMs)}>${words.recChapterNow}</button>
      ${chapter.is_machine ? html`<span class="quiet small">${words.recChapterMachine}</span>` : nothing}
    </div>
  </li>`;
}
