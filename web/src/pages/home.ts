/** The front page of an edge: the Spaces on the air, and the way in. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { HOME, type Words } from "../i18n/home";
import { waitS } from "../player/backoff";
import { mark } from "../ui/icons";
import { Page } from "../ui/page";
import "./home.css";

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  /** Null while the edge does not follow the Space. */
  readonly people: number | null;
}

/** What can be heard now comes first; among equals the server's order stays. */
const RANKS = ["on_air", "paused"];

function rank({ state }: Entry): number {
  return RANKS.includes(state) ? RANKS.indexOf(state) : RANKS.length;
}

const POLL_S = 8;
const TIMEOUT_MS = 4_000;

export class HomePage extends Page<Words> {
  private spaces: Entry[] | null = null;
  private isUnreachable = false;

  constructor() {
    super(HOME);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.ask();
  }

  override render(): TemplateResult {
    const { words } = this.speech;
    this.showState(this.isUnreachable ? "unreachable" : this.spaces ? "ready" : "loading");
    document.title = `${words.homeTitle} · Stentor`;
    return html`<div class="page">
      ${this.head(nothing, null)}
      <main>
        ${this.isUnreachable
          ? this.notice(words.unreachableTitle, words.stateUnreachable)
          : html`<h1>${words.homeTitle}</h1>
              ${this.list()}`}
      </main>
      ${this.foot()}
    </div>`;
  }

  private list(): TemplateResult | typeof nothing {
    const { words } = this.speech;
    if (this.spaces === null) return nothing;
    if (this.spaces.length === 0) {
      return html`<div class="empty"><p>${words.homeEmpty}</p><p class="quiet">${words.homeEmptyHint}</p></div>`;
    }
    return html`<ul class="spaces" role="list">
      ${repeat(this.spaces, ({ id }) => id, (space) => this.entry(space))}
    </ul>`;
  }

  private entry(space: Entry): TemplateResult {
    const { words } = this.speech;
    const tag = space.state === "on_air" ? words.onAir : space.state === "paused" ? words.pausedByHosts : words.notYet;
    return html`<li>
      <a class="space ${space.state}" href="/s/${space.id}" data-test="space" data-space=${space.id}>
        <div>
          <span class="tag ${space.state}">${tag}</span>
          <strong>${space.title}</strong>
          ${space.people === null
            ? nothing
            : html`<span class="quiet small">${words.homePeople(space.people, this.speech.count(space.people))}</span>`}
        </div>
        ${mark}
      </a>
    </li>`;
  }

  private async ask(): Promise<void> {
    try {
      const answer = await fetch("/spaces.json", { signal: AbortSignal.timeout(TIMEOUT_MS), cache: "no-store" });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const spaces = (await answer.json()) as Entry[];
      this.spaces = spaces.filter(({ state }) => state !== "ended").sort((a, b) => rank(a) - rank(b));
      this.isUnreachable = false;
    } catch {
      // No network or a broken answer: the same sentence, and the next try comes by itself.
      this.isUnreachable = true;
    }
    this.requestUpdate();
    setTimeout(() => void this.ask(), waitS(0, Math.random(), POLL_S) * 1000);
  }
}

customElements.define("stentor-home", HomePage);
