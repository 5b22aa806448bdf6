/**
 * The transcript that follows the ear, is searched, and plays from the word that is clicked.
 *
 * A three hours' talk is 30,000 words. Each turn is one piece of text and what is not in sight is not laid out; words
 * are marked by ranges over that text (CSS Custom Highlight API), not by elements of their own. A browser without
 * such ranges marks the turn.
 */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { live } from "lit/directives/live.js";
import type { ReplaySpeech } from "../i18n/replay";
import { cross, glass } from "../ui/icons";
import { lasted } from "../ui/lasting";
import { next, previous } from "../ui/replay-icons";
import { hue } from "../ui/tint";
import type { Chapter, Transcript } from "./record";
import { find, heardAt, lettersOfSentence, lettersOfWord, scriptOf, wordAtLetter, type Heard, type Hit, type Letters, type ScriptTurn } from "./script";
import { letterAt, mark, rangeOf } from "./ranges-of-text";

/** Keys with which a page is scrolled. */
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
/** Where on the screen the heard word is kept, as shares of its height. */
const BAND = { from: 0.16, to: 0.55, aim: 0.3 };
/** Letters in a line of a phone, for the height that a turn has before it is laid out. */
const LETTERS_PER_LINE = 42;

export class Reader {
  private script: readonly ScriptTurn[] = [];
  private transcript: Transcript | null = null;
  private isFollowing = true;
  private readonly stopping = new AbortController();
  private heard: Heard | null = null;
  private hits: readonly Hit[] = [];
  private hit = -1;
  private query = "";
  private root: HTMLElement | null = null;
  private drawn: readonly ScriptTurn[] | null = null;

  constructor(
    private readonly redraw: () => void,
    private readonly playFrom: (atMs: number) => void,
  ) {
    // Not by "scroll": our own scrolling and the browser's anchoring fire that too.
    const options = { passive: true, signal: this.stopping.signal };
    window.addEventListener("wheel", () => this.movedByReader(), options);
    window.addEventListener("touchmove", ({ target }) => isInDock(target) || this.movedByReader(), options);
    window.addEventListener("keydown", ({ key, target }) => void (SCROLL_KEYS.has(key) && !isInDock(target) && this.movedByReader()), options);
    window.addEventListener("pointerdown", ({ clientX }) => void (clientX >= document.documentElement.clientWidth && this.movedByReader()), options);
  }

  take(transcript: Transcript | null): void {
    this.transcript = transcript;
    this.script = transcript ? scriptOf(transcript) : [];
    this.heard = null;
    this.search(this.query);
  }

  /** The sentence at the ear, for captions. */
  sentenceAt(atMs: number): { readonly person: string; readonly name: string; readonly text: string; readonly id: string } | null {
    const heard = heardAt(this.script, atMs);
    const turn = heard && this.script[heard.turn];
    if (!turn || atMs > (turn.turn.words.at(-1)?.end_ms ?? 0) + 2_000) return null;
    const { from, to } = lettersOfSentence(turn, heard.word);
    return { person: turn.person, name: turn.name, text: turn.text.slice(from, to), id: `${turn.id}-${from}` };
  }

  render(speech: ReplaySpeech, chapters: readonly Chapter[]): TemplateResult {
    const { words } = speech;
    return html`<div class="reader" data-test="transcript">
      ${this.searchField(speech)}
      ${this.transcript?.is_machine ? html`<p class="machine"><b>${words.machineTranscript}</b> ${words.machineHint}</p>` : html`<p class="machine">${words.clickHint}</p>`}
      ${guard([this.script, chapters, speech.language], () => this.list(speech, chapters))}
      ${this.isFollowing
        ? nothing
        : html`<button class="button now" data-test="back-to-now" @click=${() => this.follow()}>${words.backToNow}</button>`}
    </div>`;
  }

  /** Called after each drawing: marks what is heard, and keeps it in sight. Bounds: O(log n) but after a search. */
  look(root: HTMLElement, atMs: number, isPlaying: boolean): void {
    this.root = root.querySelector<HTMLElement>(".turns");
    if (!this.root) return;
    if (this.drawn !== this.script) this.markAll();
    const heard = heardAt(this.script, atMs);
    if (heard?.turn === this.heard?.turn && heard?.word === this.heard?.word) return;
    this.heard = heard;
    this.markHeard();
    if (this.isFollowing && isPlaying) this.keepInSight();
  }

  close(): void {
    this.rest();
    this.stopping.abort();
  }

  focusSearch(): void {
    this.root?.closest(".reader")?.querySelector<HTMLInputElement>("input")?.focus();
  }

  /** The transcript is not shown any more. */
  rest(): void {
    for (const name of ["heard", "heard-sentence", "unsure", "hit", "hits"]) mark(name, []);
    this.root = this.drawn = null;
    this.heard = null;
  }

  private searchField({ words }: ReplaySpeech): TemplateResult {
    const shown = this.hits.length === 0 ? words.hitNone : words.hitOf(String(this.hit + 1), String(this.hits.length));
    return html`<search class="find">
      <span class="field">
        ${glass}<label><span class="unseen">${words.searchWords}</span>
        <input
          type="search"
          data-test="find"
          placeholder=${words.searchWords}
          maxlength="80"
          .value=${live(this.query)}
          @input=${(event: Event) => this.search((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => this.pressed(event)}
        /></label>
        ${this.query === "" ? nothing : html`<button class="round clear" aria-label=${words.searchClear} @click=${() => this.search("")}>${cross}</button>`}
      </span>
      ${this.query.trim() === ""
        ? nothing
        : html`<span class="go"><span class="hits" role="status" data-test="hits">${shown}</span>
            <button class="round" aria-label=${words.hitPrevious} ?disabled=${!this.hits.length} @click=${() => this.go(-1)}>${previous}</button>
            <button class="round" data-test="next-hit" aria-label=${words.hitNext} ?disabled=${!this.hits.length} @click=${() => this.go(1)}>${next}</button></span>`}
    </search>`;
  }

  private list(speech: ReplaySpeech, chapters: readonly Chapter[]): TemplateResult {
    const { words } = speech;
    let chapter = 0;
    return html`<ol class="turns" role="list" lang=${this.transcript?.language ?? ""} @click=${(event: MouseEvent) => this.clicked(event)}>
      ${this.script.map((turn, at) => {
        const begun: Chapter[] = [];
        while (chapters[chapter] && chapters[chapter]!.startMs <= turn.startMs + 500) begun.push(chapters[chapter++]!);
        const time = lasted(turn.startMs);
        const isNewVoice = this.script[at - 1]?.person !== turn.person || begun.length > 0;
        return html`<li class="turn ${isNewVoice ? "voice" : ""}" style="--hue:${hue(turn.name)};--lines:${Math.ceil(turn.text.length / LETTERS_PER_LINE)}">
          ${begun.length ? html`<h2>${begun.at(-1)!.title}</h2>` : nothing}
          <p class="who">
            <b class=${isNewVoice ? "" : "unseen"}>${turn.name}</b>
            <button class="at" aria-label=${words.playFrom(time, turn.name)} @click=${() => this.play(turn.startMs)}>${time}</button>
          </p>
          <p class="said" data-turn=${at} .textContent=${turn.text}></p>
        </li>`;
      })}
    </ol>`;
  }

  private play(atMs: number): void {
    this.playFrom(atMs);
    this.follow();
  }

  /** A click on a word plays it; who selects words to copy them wants no sound. */
  private clicked(event: MouseEvent): void {
    const said = event.target instanceof Element ? event.target.closest<HTMLElement>(".said") : null;
    const turn = said && this.script[Number(said.dataset["turn"])];
    if (!said || !turn || getSelection()?.isCollapsed === false) return;
    const letter = letterAt(event.clientX, event.clientY);
    this.play(turn.turn.words[letter === null ? 0 : wordAtLetter(turn, letter)]!.start_ms);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") this.search("");
    else if (event.key !== "Enter") return;
    else this.go(event.shiftKey ? -1 : 1);
    event.preventDefault();
  }

  private search(query: string): void {
    this.query = query;
    this.hits = find(this.script, query);
    this.hit = this.hits.length > 0 ? 0 : -1;
    this.markHits();
    if (this.hit >= 0 && this.root) this.showHit();
    this.redraw();
  }

  private go(steps: number): void {
    if (this.hits.length === 0) return;
    this.hit = (this.hit + steps + this.hits.length) % this.hits.length;
    this.markHits();
    this.showHit();
    this.redraw();
  }

  private showHit(): void {
    const hit = this.hits[this.hit]!;
    this.isFollowing = false;
    this.scrollTo(hit.turn, hit, 0.35);
  }

  private follow(): void {
    this.isFollowing = true;
    this.keepInSight(true);
    this.redraw();
  }

  private movedByReader(): void {
    if (!this.isFollowing || !this.root) return;
    // Above the transcript there is nothing to follow; whoever comes down to it has not left it.
    if (this.root.getBoundingClientRect().top > innerHeight * BAND.to) return;
    this.isFollowing = false;
    this.redraw();
  }

  /** Scrolls when the heard word leaves the part of the screen where one reads. */
  private keepInSight(isAsked = false): void {
    const { heard, root } = this;
    if (!heard || !root) return;
    if (!isAsked && root.getBoundingClientRect().top > innerHeight * BAND.to) return;
    const letters = lettersOfWord(this.script[heard.turn]!, heard.word);
    const box = this.range(heard.turn, letters)?.getBoundingClientRect();
    const isInSight = box && box.height > 0 && box.top > innerHeight * BAND.from && box.bottom < innerHeight * BAND.to;
    if (!isInSight) this.scrollTo(heard.turn, letters, BAND.aim);
  }

  private scrollTo(turn: number, letters: Letters, share: number): void {
    const range = this.range(turn, letters);
    if (!range) return;
    const element = range.startContainer.parentElement;
    // Far away its height is an estimate: first there, so that it is laid out, then to the word.
    if (Math.abs(element?.getBoundingClientRect().top ?? 0) > innerHeight * 2) element?.scrollIntoView({ block: "center", behavior: "instant" });
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = scrollY + range.getBoundingClientRect().top - innerHeight * share;
    scrollTo({ top, behavior: isCalm ? "instant" : "smooth" });
  }

  private markAll(): void {
    this.drawn = this.script;
    mark("unsure", this.script.flatMap(({ unsure }, turn) => unsure.map((letters) => this.range(turn, letters))));
    this.markHits();
  }

  private markHits(): void {
    mark("hits", this.hits.map((hit) => this.range(hit.turn, hit)));
    const hit = this.hits[this.hit];
    mark("hit", hit ? [this.range(hit.turn, hit)] : []);
  }

  private markHeard(): void {
    const { heard, root } = this;
    root?.querySelector(".turn.heard")?.classList.remove("heard");
    const turn = heard && this.script[heard.turn];
    if (!heard || !turn) return void mark("heard", []);
    this.said(heard.turn)?.closest(".turn")?.classList.add("heard");
    mark("heard", [this.range(heard.turn, lettersOfWord(turn, heard.word))]);
    mark("heard-sentence", [this.range(heard.turn, lettersOfSentence(turn, heard.word))]);
  }

  private range(turn: number, letters: Letters): Range | null {
    return rangeOf(this.said(turn), letters);
  }

  private said(turn: number): Element | null {
    return this.root?.children[turn]?.querySelector(".said") ?? null;
  }
}

/** Moving the playhead is no scrolling. */
function isInDock(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".dock") !== null;
}
