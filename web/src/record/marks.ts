/** Places in a turn's text on the page: what is selected, what is heard now. */
import type { Turn } from "./told";
import type { Selected } from "./table";
import { spanOf, textOf, turnNow, wordNow } from "./words-of";

/** The selection as letters of the turn in which it begins; a caret is a selection without letters. */
export function selectedIn(said: HTMLElement): Selected | null {
  const selection = getSelection();
  const turn = said.closest<HTMLElement>("[data-turn]")?.dataset["turn"];
  if (!selection || selection.rangeCount === 0 || turn === undefined) return null;
  const range = selection.getRangeAt(0);
  const before = document.createRange();
  before.selectNodeContents(said);
  const end = said.textContent?.length ?? 0;
  if (said.contains(range.startContainer)) before.setEnd(range.startContainer, range.startOffset);
  const from = said.contains(range.startContainer) ? before.toString().length : 0;
  const to = said.contains(range.endContainer) ? from + range.toString().length : end;
  return { turn, from, to: Math.max(from, to) };
}

const HIGHLIGHT = "heard";

/** The turn and the word that are heard, marked beside Lit: many times a second, among thousands. */
export class NowMark {
  private turn: HTMLElement | null = null;

  constructor(private readonly root: HTMLElement) {}

  show(turns: readonly Turn[], atMs: number, isPlaying: boolean): void {
    const now = turns[turnNow(turns, atMs)];
    const row = now ? this.root.querySelector<HTMLElement>(`[data-turn="${CSS.escape(now.id)}"]`) : null;
    if (row !== this.turn) {
      this.turn?.removeAttribute("data-now");
      row?.setAttribute("data-now", "true");
      this.turn = row;
    }
    const said = row?.querySelector<HTMLElement>(".spoken");
    const word = now && isPlaying ? wordNow(now, atMs) : -1;
    // An old browser marks the turn only.
    if (!("highlights" in CSS)) return;
    const range = said && now && word >= 0 && said.textContent === textOf(now) ? rangeOf(said, ...spanOf(now, word)) : null;
    if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
    else CSS.highlights.delete(HIGHLIGHT);
  }
}

function rangeOf(element: HTMLElement, from: number, to: number): Range | null {
  const range = document.createRange();
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let at = 0;
  let hasStart = false;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!hasStart && from < at + length) {
      range.setStart(node, from - at);
      hasStart = true;
    }
    if (hasStart && to <= at + length) {
      range.setEnd(node, to - at);
      return range;
    }
    at += length;
  }
  return null;
}
