/**
 * The stage door's front page (`/`): the way in, or the Spaces of whoever is in.
 *
 * `window.stentorDoor` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { entered, signInLink, type Entered } from "../api/session";
import type { SpaceTold } from "../api/told";
import { Spaces } from "../door/spaces";
import { dayOf, timeOf } from "../i18n/dates";
import { DOOR, type Words } from "../i18n/door";
import { waitS } from "../player/backoff";
import { NO_DETAILS, detailsOf, wantedFrom, type Details } from "../space/details";
import { spaceForm } from "../space/form";
import { pencil, plus, undo } from "../ui/host-icons";
import { Page } from "../ui/page";
import "./speak.css";
import "./host.css";
import "./door-home.css";

const ASK_AGAIN_S = 3;
const COPIED_MS = 2_000;

export class DoorPage extends Page<Words> {
  private kind: "loading" | "unreachable" | "outside" | "inside" = "loading";
  private who: Entered | null = null;
  private spaces: Spaces | null = null;
  private isMaking = false;
  /** Whose form is open, and what it began with. */
  private editing: { readonly id: string; readonly before: Details } | null = null;
  /** Whose listeners' link is shown. */
  private linked: string | null = null;
  private asking: string | null = null;
  private copied: string | null = null;

  constructor() {
    super(DOOR);
    Object.defineProperty(window, "stentorDoor", { get: () => ({ state: this.kind, spaces: this.spaces?.items.map(({ id }) => id) }) });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.enter();
  }

  override render(): TemplateResult {
    this.showState(this.kind);
    document.title = `${this.speech.words.doorTitle} · Stentor`;
    return html`<div class="page door">
      ${this.head(this.who ? this.ways(this.who) : nothing)}
      <main>${this.body()}</main>
      ${this.foot()}
      <div class="toast" role="status" aria-live="polite">${this.done()}</div>
    </div>`;
  }

  private ways({ account }: Entered): TemplateResult {
    const { words } = this.speech;
    return html`<nav class="row ways">
      ${account.rank === "host" ? nothing : html`<a href="/operate">${words.doorOperate}</a>`}
      <a href="/sign-in">${words.doorAccount}</a>
    </nav>`;
  }

  private body(): TemplateResult {
    const { words } = this.speech;
    if (this.kind === "unreachable") return this.notice(words.unreachableTitle, words.stateUnreachable);
    if (this.kind === "outside") {
      return this.notice(
        words.doorTitle,
        words.doorWhy,
        html`<a class="button primary big" data-test="sign-in" href=${signInLink()}>${words.doorSignIn}</a>`,
      );
    }
    if (!this.who || !this.spaces) return html`<h1 class="unseen">Stentor</h1><p role="status">${words.stateLoading}</p>`;
    return this.inside(this.who, this.spaces);
  }

  private inside({ account }: Entered, spaces: Spaces): TemplateResult {
    const { words } = this.speech;
    return html`<div class="title">
        <p class="quiet">${words.doorHello(account.name)}</p>
        <div class="panel-head">
          <h1>${words.doorSpaces}</h1>
          ${this.isMaking
            ? nothing
            : html`<button class="button primary" data-test="new" @click=${() => this.making(true)}>${plus}${words.doorNew}</button>`}
        </div>
      </div>
      ${spaces.refusal ? html`<p class="refusal" role="alert">${words.doorNotDone(spaces.refusal)}</p>` : nothing}
      ${this.isMaking ? this.form(spaces) : nothing}
      ${spaces.items.length === 0 && !this.isMaking
        ? html`<p class="quiet empty">${words.doorNone}</p>`
        : html`<ul class="spaces" role="list">
            ${repeat(spaces.items, ({ id }) => id, (space) => this.space(spaces, space))}
          </ul>`}
      ${spaces.next === null
        ? nothing
        : html`<button class="button" data-test="more" @click=${() => void spaces.read(spaces.next)}>${words.doorMore}</button>`}`;
  }

  private form(spaces: Spaces): TemplateResult {
    const send = async (details: Details): Promise<void> => {
      if (await spaces.make(wantedFrom(details))) this.making(false);
    };
    return spaceForm({
      words: this.speech.words,
      language: this.speech.language,
      before: NO_DETAILS,
      isNew: true,
      hasDate: true,
      send: (details) => void send(details),
      close: () => this.making(false),
    });
  }

  private changing(spaces: Spaces, space: SpaceTold, before: Details): TemplateResult {
    const close = (): void => this.edit(null);
    const send = async (details: Details): Promise<void> => {
      if (await spaces.change(space, before, details)) close();
    };
    return spaceForm({
      words: this.speech.words,
      language: this.speech.language,
      before,
      isNew: false,
      hasDate: space.on_air_ms === null,
      send: (details) => void send(details),
      close,
    });
  }

  private space(spaces: Spaces, space: SpaceTold): TemplateResult {
    const { words } = this.speech;
    const hostLink = spaces.hostLinks.get(space.id);
    const isOver = space.state === "ended";
    const mayDelete = isOver || space.state === "scheduled";
    if (this.editing?.id === space.id) {
      return html`<li data-test="space" data-space=${space.id}>${this.changing(spaces, space, this.editing.before)}</li>`;
    }
    return html`<li class="card space" data-test="space" data-space=${space.id}>
      <div>
        <span class="tag ${space.state}">${this.stateOf(space)}${space.is_private ? html` · ${words.doorIsPrivate}` : nothing}</span>
        <h2>${space.title}</h2>
        ${space.description ? html`<p class="quiet about">${space.description}</p>` : nothing}
      </div>
      ${hostLink && !isOver ? this.hostLink(hostLink) : nothing} ${this.linked === space.id ? this.listenLink(space) : nothing}
      <div class="row">
        ${space.on_air_ms !== null && space.is_recorded
          ? html`<a class="button small ${isOver ? "primary" : ""}" data-test="record" href="/record/${encodeURIComponent(space.id)}">${words.doorRecord}</a>`
          : nothing}
        ${isOver ? nothing : html`<a class="button small" data-test="console" href="/host/${encodeURIComponent(space.id)}">${words.doorConsole}</a>`}
        ${isOver || space.state === "ending"
          ? nothing
          : html`<button
              class="button small quiet"
              data-test="edit"
              aria-label=${words.detailsEditName(space.title)}
              @click=${() => this.edit(space)}
            >
              ${pencil}${words.detailsEdit}
            </button>`}
        <button class="button small quiet" data-test="listen-link" aria-expanded=${this.linked === space.id} @click=${() => this.showLink(space)}>
          ${words.doorListenLink}
        </button>
        ${isOver || hostLink ? nothing : this.anotherHostLink(spaces, space)}
        ${mayDelete
          ? html`<button class="button small quiet" data-test="delete" @click=${() => void spaces.remove(space)}>${words.doorDelete}</button>`
          : nothing}
      </div>
    </li>`;
  }

  /** Shown as text too: not every address lets a page copy. */
  private listenLink({ links, is_private: isPrivate }: SpaceTold): TemplateResult {
    const { words } = this.speech;
    const select = (event: Event): void => (event.target as HTMLInputElement).select();
    return html`<label class="field">
      <span>${isPrivate ? words.privateLink : words.doorListenLink}</span>
      <span class="copy">
        <input readonly .value=${links.listen} data-test="listen-url" @focus=${select} />
        <button class="button" type="button" @click=${() => void this.copy(links.listen)}>
          ${this.copied === links.listen ? words.copied : words.copy}
        </button>
      </span>
    </label>`;
  }

  private hostLink(url: string): TemplateResult {
    const { words } = this.speech;
    return html`<div class="host-link">
      <label class="field"><span>${words.doorHostLink}</span>
        <input readonly .value=${url} data-test="host-link" @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label>
      <a class="button small primary" href=${url}>${words.doorGoOnStage}</a>
      <button class="button small" @click=${() => void this.copy(url)}>${this.copied === url ? words.copied : words.copy}</button>
    </div>`;
  }

  private anotherHostLink(spaces: Spaces, space: SpaceTold): TemplateResult {
    const { words } = this.speech;
    const ask = (is: boolean) => (): void => {
      this.asking = is ? space.id : null;
      this.requestUpdate();
    };
    if (this.asking !== space.id) {
      return html`<button class="button small quiet" data-test="new-host-link" @click=${ask(true)}>${words.doorNewHostLink}</button>`;
    }
    const make = (): void => {
      ask(false)();
      void spaces.newHostLink(space, this.who!.account.name);
    };
    return html`<div class="twice">
      <p>${words.doorNewHostLinkAsk}</p>
      <div class="row">
        <button class="button small danger sure" data-test="new-host-link-yes" @click=${make}>${words.doorNewHostLinkYes}</button>
        <button class="button small" @click=${ask(false)}>${words.doorNo}</button>
      </div>
    </div>`;
  }

  private done(): TemplateResult | typeof nothing {
    const { words } = this.speech;
    const done = this.spaces?.done;
    if (!done) return nothing;
    const said = done.deed === "deleted" ? words.doorDeleted(done.title) : words.detailsChanged(done.title);
    return html`<div class="said"><span>${said}</span>
      <button class="button small" data-test="undo" @click=${() => void this.spaces!.undo()}>${undo}${words.doorUndo}</button></div>`;
  }

  private stateOf(space: SpaceTold): string {
    const { words, language } = this.speech;
    const nowMs = Date.now();
    switch (space.state) {
      case "scheduled":
        return space.starts_ms === null
          ? words.doorScheduled
          : words.doorStartsAt(dayOf(space.starts_ms, nowMs, language), timeOf(space.starts_ms, language));
      case "green_room":
        return words.doorGreenRoom;
      case "on_air":
        return words.onAir;
      case "paused":
        return words.pausedByHosts;
      case "ending":
        return words.doorEnding;
      default:
        return space.ended_ms === null ? words.ended : words.doorEndedAt(dayOf(space.ended_ms, nowMs, language));
    }
  }

  private making(isMaking: boolean): void {
    this.isMaking = isMaking;
    if (isMaking) this.editing = null;
    this.requestUpdate();
    if (isMaking) this.focusTitle();
  }

  private edit(space: SpaceTold | null): void {
    this.editing = space && { id: space.id, before: detailsOf(space) };
    if (space) this.isMaking = false;
    this.requestUpdate();
    if (space) this.focusTitle();
  }

  private showLink(space: SpaceTold): void {
    this.linked = this.linked === space.id ? null : space.id;
    this.requestUpdate();
    if (this.linked) void this.copy(space.links.listen);
  }

  private focusTitle(): void {
    void this.updateComplete.then(() => this.querySelector<HTMLElement>("[data-test=new-title]")?.focus());
  }

  private async copy(url: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Not allowed outside a secure address.
      return;
    }
    this.copied = url;
    this.requestUpdate();
    setTimeout(() => {
      this.copied = null;
      this.requestUpdate();
    }, COPIED_MS);
  }

  private async enter(): Promise<void> {
    try {
      this.who = await entered();
      this.kind = this.who ? "inside" : "outside";
      if (this.who) {
        this.spaces = new Spaces(this.who.asking, () => this.requestUpdate());
        await this.spaces.read();
      }
    } catch {
      // Whatever it was, the next step is the same.
      this.kind = "unreachable";
      setTimeout(() => void this.enter(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
    }
    this.requestUpdate();
  }
}

customElements.define("stentor-door", DoorPage);
