/** The front page of an edge: what is on the air, coming, over; a search over all of it and over what was said. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { dayOf, timeOf, together } from "../i18n/dates";
import { HOME, type Words } from "../i18n/home";
import { waitS } from "../player/backoff";
import { cross, glass, mark } from "../ui/icons";
import { Page } from "../ui/page";
import { lasted } from "../ui/lasting";
import { sentenceCase } from "../ui/text";
import { parts, spacesFrom, type Entry, type Part } from "./home-list";
import { addressOf, saidFrom, type Said } from "./home-said";
import "./home.css";

const POLL_S = 8;
const TIMEOUT_MS = 4_000;
/** A word is typed by then; each letter by itself would be a request. */
const TYPED_MS = 250;
const QUERY_LENGTH_MAX = 80;
/** One letter finds everything. */
const SAID_LENGTH_MIN = 2;

export class HomePage extends Page<Words> {
  private entries: readonly Entry[] | null = null;
  /** What was said with these words in it; it comes a moment after the list, or not at all. */
  private said: readonly Said[] = [];
  private saidOf = "";
  private isUnreachable = false;
  /** What the list answers; `typed` may be ahead of it. */
  private q = "";
  private typed = new URLSearchParams(location.search).get("q")?.slice(0, QUERY_LENGTH_MAX) ?? "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor() {
    super(HOME);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.ask();
  }

  override render(): TemplateResult {
    const { words } = this.speech;
    this.showState(this.isUnreachable ? "unreachable" : this.entries ? "ready" : "loading");
    document.title = `${words.homeTitle} · Stentor`;
    return html`<div class="page wide">
      ${this.head(nothing, null)}
      <main>
        ${this.isUnreachable
          ? this.notice(words.unreachableTitle, words.stateUnreachable)
          : html`<h1 class="unseen">Stentor</h1>
              ${this.search()} ${this.list()}`}
      </main>
      ${this.foot()}
    </div>`;
  }

  private search(): TemplateResult {
    const { words } = this.speech;
    return html`<form class="search" role="search" @submit=${(event: Event) => (event.preventDefault(), void this.ask())}>
      ${glass}
      <input
        type="search"
        data-test="search"
        autocomplete="off"
        enterkeyhint="search"
        maxlength=${QUERY_LENGTH_MAX}
        aria-label=${words.homeSearch}
        placeholder=${words.homeSearch}
        .value=${this.typed}
        @input=${(event: Event) => this.type((event.target as HTMLInputElement).value)}
      />
      ${this.typed
        ? html`<button type="button" class="round" data-test="clear" aria-label=${words.homeClear} @click=${() => this.clear()}>
            ${cross}
          </button>`
        : nothing}
    </form>`;
  }

  private list(): TemplateResult | typeof nothing {
    const { words } = this.speech;
    if (this.entries === null) return nothing;
    const found = parts(this.entries);
    const isOnAir = found.some(({ kind }) => kind === "on_air");
    return html`<div aria-live="polite">
      ${this.q && found.length === 0 && this.said.length === 0
        ? html`<div class="empty"><p>${words.homeNotFound(this.q)}</p><p class="quiet">${words.homeNotFoundHint}</p></div>`
        : nothing}
      ${!this.q && !isOnAir
        ? html`<div class="empty">
            <p>${words.homeEmpty}</p><p class="quiet">${words.homeEmptyHint}</p>
          </div>`
        : nothing}
      ${found.map((part) => this.section(part))}
      ${this.q && this.said.length > 0
        ? html`<section class="part said" aria-labelledby="part-said">
            <h2 id="part-said">${words.homeSaid}</h2>
            <ul class="spaces" role="list">
              ${this.said.map((said) => html`<li>${this.line(said)}</li>`)}
            </ul>
          </section>`
        : nothing}
    </div>`;
  }

  private line(said: Said): TemplateResult {
    const { words } = this.speech;
    const marked = said.pieces.map(({ text, isFound }) => (isFound ? html`<mark>${text}</mark>` : text));
    return html`<a class="space" href=${addressOf(said)} data-test="said" data-space=${said.space}>
      <span class="body">
        <span class="small quiet">${said.title} · ${lasted(said.startMs)}${said.isMachine ? ` · ${words.homeMachine}` : nothing}</span>
        <span>${said.name ? html`<strong class="who">${said.name}</strong> ` : nothing}${marked}</span>
      </span>
    </a>`;
  }

  private section({ kind, entries }: Part): TemplateResult {
    const { words } = this.speech;
    const title = { on_air: words.homeTitle, coming: words.homeComing, earlier: words.homeEarlier }[kind];
    return html`<section class="part ${kind}" aria-labelledby="part-${kind}">
      <h2 id="part-${kind}">${title}</h2>
      <ul class="spaces" role="list">
        ${repeat(entries, ({ id }) => id, (entry) => html`<li>${this.entry(entry)}</li>`)}
      </ul>
    </section>`;
  }

  private entry(space: Entry): TemplateResult {
    const { locale } = this.speech;
    const facts = this.facts(space);
    return html`<a class="space ${space.state}" href="/s/${space.id}" data-test="space" data-space=${space.id}>
      <span class="body">
        <span class="tag ${space.state}">${this.tag(space)}</span>
        <strong>${space.title}</strong>
        ${space.description ? html`<span class="about">${space.description}</span>` : nothing}
        ${space.hosts.length > 0 ? html`<span class="small">${together(space.hosts, locale)}</span>` : nothing}
        ${facts ? html`<span class="quiet small">${facts}</span>` : nothing}
      </span>
      ${mark}
    </a>`;
  }

  private tag({ state, startsMs, endedMs }: Entry): string {
    const { words } = this.speech;
    switch (state) {
      case "on_air":
      case "ending":
        return words.onAir;
      case "paused":
        return words.pausedByHosts;
      case "ended":
        return endedMs === null ? words.ended : this.day(endedMs);
      default:
        if (startsMs === null) return words.homeNoDate;
        return startsMs < Date.now() ? words.homeSoon : `${this.day(startsMs)} · ${timeOf(startsMs, this.speech.locale)}`;
    }
  }

  private facts({ state, people }: Entry): string | null {
    const isOnAir = state === "on_air" || state === "paused";
    return isOnAir && people ? this.speech.words.homePeople(people, this.speech.count(people)) : null;
  }

  private day(ms: number): string {
    return sentenceCase(dayOf(ms, Date.now(), this.speech.locale));
  }

  private type(text: string): void {
    this.typed = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), TYPED_MS);
    this.requestUpdate();
  }

  private clear(): void {
    this.typed = "";
    void this.ask();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-test=search]")?.focus());
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    const [number, q] = [++this.asked, this.typed.trim()];
    const address = q ? `/?q=${encodeURIComponent(q)}` : "/";
    if (location.pathname + location.search !== address) history.replaceState(null, "", address);
    let entries: readonly Entry[] | null = null;
    try {
      const url = q ? `/spaces.json?q=${encodeURIComponent(q)}` : "/spaces.json";
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
      if (answer.ok) entries = spacesFrom(await answer.json());
    } catch {
      // No network or a broken answer: the same sentence, and the next try comes by itself.
    }
    // Somebody has typed on: a later answer is on its way.
    if (number !== this.asked) return;
    if (q !== this.saidOf) void this.askWhatWasSaid(q);
    this.isUnreachable = entries === null;
    if (entries !== null) [this.entries, this.q] = [entries, q];
    this.requestUpdate();
    this.timer = setTimeout(() => void this.ask(), waitS(0, Math.random(), POLL_S) * 1000);
  }

  /** Once for what was typed: transcripts do not change while somebody looks. Busy or away: no hits. */
  private async askWhatWasSaid(q: string): Promise<void> {
    [this.said, this.saidOf] = [[], q];
    if (q.length < SAID_LENGTH_MIN) return;
    let said: readonly Said[] = [];
    try {
      const url = `/search.json?q=${encodeURIComponent(q)}`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (answer.ok) said = saidFrom(await answer.json());
      else if (q === this.saidOf) this.saidOf = "";
    } catch {
      // The list has said already whether the house can be reached; the next look asks again.
      if (q === this.saidOf) this.saidOf = "";
    }
    if (q !== this.saidOf) return;
    this.said = said;
    this.requestUpdate();
  }
}

customElements.define("stentor-home", HomePage);
