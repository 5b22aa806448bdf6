/** A chapter is marked while it is on the air: one press, and a name when there is time for one. */
import { html, nothing, type TemplateResult } from "lit";
import { plus } from "../ui/host-icons";
import { cross } from "../ui/icons";
import type { Desk } from "./desk";

export function markButton(desk: Desk): TemplateResult | typeof nothing {
  const { words, console: host } = desk;
  if (!host.canMark) return nothing;
  return html`<button class="button small quiet" data-test="chapter" @click=${() => mark(desk)}>${plus}${words.chapterMark}</button>`;
}

export function mark({ words, speech, console: host }: Desk): void {
  void host.markChapter((number) => words.chapterNew(speech.count(number)));
}

/** Shown after a mark; what is not named keeps its number. */
export function chapterNaming({ words, console: host, redraw }: Desk): TemplateResult | typeof nothing {
  if (!host.marked) return nothing;
  const named = (event: SubmitEvent): void => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget as HTMLFormElement).get("title")).trim();
    if (title) void host.nameChapter(title);
  };
  const leave = (): void => {
    host.marked = null;
    redraw();
  };
  return html`<form class="row naming" data-test="chapter-naming" @submit=${named}>
    <label class="field"><span>${words.chapterTitle}</span>
      <input name="title" required maxlength="200" autocomplete="off" data-test="chapter-title" .value=${host.marked.title} /></label>
    <button class="button small" data-test="chapter-name">${words.chapterRename}</button>
    <button class="tool" type="button" aria-label=${words.detailsNotNow} @click=${leave}>${cross}</button>
  </form>`;
}
