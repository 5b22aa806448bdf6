/**
 * The operator's page (`/operate`): edges, capacity, Spaces, and what the house did by itself.
 *
 * `window.stentorOperate` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Refusal } from "../api/asking";
import { entered, signInLink } from "../api/session";
import type { HouseTold } from "../api/told";
import { timeOf } from "../i18n/dates";
import { OPERATE, type Words } from "../i18n/operate";
import { House } from "../operate/house";
import { noteSentence } from "../operate/notes";
import { edges } from "../operate/tiles";
import { waitS } from "../player/backoff";
import { Page } from "../ui/page";
import "./speak.css";
import "./host.css";
import "./operate.css";

const ASK_AGAIN_S = 3;
/** Older than this, the figures are no longer «now». */
const STALE_MS = 6_000;
const CLOCK_MS = 1_000;
const HEARD = new Set(["on_air", "paused", "ending"]);

export class OperatePage extends Page<Words> {
  private kind: "loading" | "unreachable" | "sign_in" | "not_yours" | "open" = "loading";
  private house: House | null = null;

  constructor() {
    super(OPERATE);
    Object.defineProperty(window, "stentorOperate", {
      get: () => ({ state: this.kind, edges: this.house?.told?.edges.map(({ id }) => id) ?? [] }),
    });
    setInterval(() => this.requestUpdate(), CLOCK_MS);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.enter();
  }

  override render(): TemplateResult {
    const { words } = this.speech;
    this.showState(this.kind);
    document.title = `${words.operateTitle} · Stentor`;
    return html`<div class="page wide">
      ${this.head()}
      <main>${this.house?.told ? this.opened(this.house, this.house.told) : this.closed()}</main>
      ${this.foot()}
    </div>`;
  }

  private opened(house: House, told: HouseTold): TemplateResult {
    const { words } = this.speech;
    const ageMs = Date.now() - house.toldAtMs;
    return html`<div class="title"><h1 class="long">${words.operateTitle}</h1></div>
      ${ageMs > STALE_MS
        ? html`<p class="refusal" role="alert">${words.operateStale(this.speech.count(Math.floor(ageMs / 1000)))}</p>`
        : nothing}
      ${house.refusal ? html`<p class="refusal" role="alert">${words.houseNotDone(house.refusal)}</p>` : nothing}
      ${this.figures(house, told)} ${edges(house, told.edges, this.speech)}
      <div class="below">${this.spaces(house)} ${this.log(house)}</div>`;
  }

  private figures(house: House, told: HouseTold): TemplateResult {
    const { words } = this.speech;
    const count = (n: number): string => this.speech.count(n);
    const { seats, taken, is_whole: isWhole } = told.capacity;
    const onAir = house.spaces.filter(({ state }) => HEARD.has(state)).length;
    const figure = (shown: string, label: string): TemplateResult => html`<div><dt>${label}</dt><dd>${shown}</dd></div>`;
    return html`<dl class="figures big" data-test="figures">
      ${figure(count(told.figures.hearing), words.operateHearing)}
      ${figure(
        // Edges that do not say how many they hold are in no sum: then it is one of those that do.
        words.operateSeatsOf(count(taken), count(seats)),
        isWhole ? words.operateSeats : words.operateSeatsSome,
      )}
      ${figure(count(told.figures.edges), words.operateEdges(told.figures.edges))} ${figure(count(onAir), words.operateOnAir(onAir))}
    </dl>`;
  }

  private spaces(house: House): TemplateResult {
    const { words } = this.speech;
    const says: Record<string, string> = { on_air: words.onAir, paused: words.pausedByHosts };
    const shown = house.spaces.filter(({ state }) => HEARD.has(state) || state === "green_room");
    return html`<section class="panel" aria-labelledby="spaces-title">
      <h2 id="spaces-title">${words.houseSpaces}</h2>
      ${shown.length === 0
        ? html`<p class="quiet">${words.houseSpacesNone}</p>`
        : html`<ul class="rows" role="list">
            ${shown.map(
              ({ id, title, state }) =>
                html`<li class="invitation" data-test="house-space">
                  <div class="who"><span class="tag ${state}">${says[state] ?? words.notYet}</span><strong>${title}</strong></div>
                  <a class="button small" href="/host/${encodeURIComponent(id)}">${words.houseConsole}</a>
                </li>`,
            )}
          </ul>`}
    </section>`;
  }

  private log(house: House): TemplateResult {
    const { words, language } = this.speech;
    return html`<section class="panel" aria-labelledby="log-title">
      <h2 id="log-title">${words.houseLog}</h2>
      ${house.log.length === 0
        ? html`<p class="quiet">${words.houseLogNone}</p>`
        : html`<ol class="log" role="list">
            ${house.log.map(
              (line) =>
                html`<li data-test="house-line">
                  <time datetime=${new Date(line.at_ms).toISOString()}>${timeOf(line.at_ms, language)}</time>
                  <span>${noteSentence(line, this.speech)}</span>
                </li>`,
            )}
          </ol>`}
    </section>`;
  }

  private closed(): TemplateResult {
    const { words } = this.speech;
    switch (this.kind) {
      case "sign_in":
        return this.notice(
          words.operateTitle,
          words.operateSignIn,
          html`<a class="button primary" data-test="sign-in" href=${signInLink()}>${words.operateSignInGo}</a>`,
        );
      case "not_yours":
        return this.notice(words.operateNotYours, words.operateSignIn);
      case "unreachable":
        return this.notice(words.unreachableTitle, words.stateUnreachable);
      default:
        return html`<h1 class="unseen">Stentor</h1><p role="status">${words.stateLoading}</p>`;
    }
  }

  private async enter(): Promise<void> {
    try {
      const session = await entered();
      if (session === null) this.kind = "sign_in";
      else if (session.account.rank === "host") this.kind = "not_yours";
      else {
        this.kind = "open";
        this.house = new House(session.asking, () => this.requestUpdate());
        this.house.follow();
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.kind = "unreachable";
      setTimeout(() => void this.enter(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
    }
    this.requestUpdate();
  }
}

customElements.define("stentor-operate", OperatePage);
