/**
 * What is left of a Space, for those who lead it (`/record/<space>`): transcript, brief, chapters, files, people.
 *
 * Who asks is known by the session's cookie; who has no account brings the invitation behind the address's `#i=`,
 * which browsers send to nobody. `window.stentorRecord` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Asking, Refusal, byInvitation } from "../api/asking";
import { entered, signInLink } from "../api/session";
import { RECORD, type Words } from "../i18n/record";
import { waitS } from "../player/backoff";
import { momentIn } from "../replay/moment";
import { HostRecordDoor } from "../record/host-record-door";
import { RecordDesk } from "../record/record-desk";
import { RecordView } from "../record/record-view";
import type { Table } from "../record/table";
import { Ui } from "../record/table";
import { Page } from "../ui/page";
import "./speak.css";
import "./host.css";
import "./record.css";

const ASK_AGAIN_S = 3;

type Kind = "loading" | "unreachable" | "sign_in" | "not_yours" | "unknown" | "open";

export class RecordPage extends Page<Words> {
  private readonly spaceId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  private readonly invitation = new URLSearchParams(location.hash.replace(/^#/u, "")).get("i");
  private kind: Kind = "loading";
  private desk: RecordDesk | null = null;
  private readonly ui = new Ui();
  private readonly view = new RecordView(() => (this.desk ? this.table(this.desk) : null), this);

  constructor() {
    super(RECORD);
    Object.defineProperty(window, "stentorRecord", { get: () => snapshot(this.kind, this.desk) });
    // What is being written is kept even when a phone closes the page without a word.
    document.addEventListener("visibilitychange", () => document.hidden && this.desk?.keepNow());
    addEventListener("pagehide", () => this.desk?.keepNow());
    addEventListener("beforeunload", (event) => this.desk?.wouldLose && event.preventDefault());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.enter();
  }

  override updated(): void {
    this.view.drawn();
  }

  override render(): TemplateResult {
    this.showState(this.kind);
    const title = this.desk?.space?.title ?? "";
    document.title = title ? `${title} · Stentor` : "Stentor";
    return html`<div class="page wide record">
      ${this.head(this.desk && this.kind === "open" ? this.ways(this.desk) : nothing)}
      <main>${this.desk && this.kind === "open" ? this.view.render(this.table(this.desk)) : this.closed()}</main>
      ${this.foot()}
    </div>`;
  }

  private ways({ record }: RecordDesk): TemplateResult {
    const { words } = this.speech;
    return html`<nav class="row ways">
      <a href=${this.invitation ? `/i/${this.invitation}` : `/host/${encodeURIComponent(this.spaceId)}`}>${words.recConsole}</a>
      ${record ? html`<a href=${record.listen_url} data-test="listen-link">${words.recListenerPage}</a>` : nothing}
    </nav>`;
  }

  private closed(): TemplateResult {
    const { words } = this.speech;
    switch (this.kind) {
      case "sign_in":
        return this.notice(words.recSignInFirst, words.signInWhy, html`<a class="button primary" href=${signInLink()}>${words.signInGo}</a>`);
      case "not_yours":
        return this.notice(words.recNotYours, words.signInWhy);
      case "unknown":
        return this.notice(words.noSuchSpaceTitle, words.noSuchSpace);
      case "unreachable":
        return this.notice(words.unreachableTitle, words.stateUnreachable);
      default:
        return html`<h1 class="unseen">Stentor</h1><p class="sentence" role="status">${words.stateLoading}</p>`;
    }
  }

  private table(desk: RecordDesk): Table {
    return {
      desk,
      ui: this.ui,
      speech: this.speech,
      words: this.speech.words,
      nowMs: Date.now(),
      redraw: () => this.requestUpdate(),
      go: (selector, isFocus = false) => void this.updateComplete.then(() => goTo(this.querySelector<HTMLElement>(selector), isFocus)),
    };
  }

  private async enter(): Promise<void> {
    try {
      const door = await this.door();
      if (door === null) return this.show("sign_in");
      const desk = new RecordDesk(door, () => this.requestUpdate());
      await desk.open();
      this.desk = desk;
      this.begin(desk);
      this.show("open");
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 0;
      const kinds: Record<number, Kind> = { 401: "sign_in", 403: "not_yours", 404: "unknown" };
      this.show(kinds[status] ?? "unreachable");
      if (this.kind === "unreachable") setTimeout(() => void this.enter(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
    }
  }

  /** @returns null: nobody is signed in. */
  private async door(): Promise<HostRecordDoor | null> {
    const { invitation } = this;
    if (invitation) return new HostRecordDoor(new Asking(byInvitation(invitation)), this.spaceId);
    const session = await entered();
    return session && new HostRecordDoor(session.asking, this.spaceId);
  }

  /** At the moment that the link names, or at the beginning. */
  private begin(desk: RecordDesk): void {
    const moment = momentIn(location.hash);
    if (moment) desk.sound.seek(moment.fromS * 1000);
  }

  private show(kind: Kind): void {
    this.kind = kind;
    this.requestUpdate();
  }
}

function goTo(element: HTMLElement | null, isFocus: boolean): void {
  element?.scrollIntoView({ block: "center", behavior: "instant" });
  if (isFocus) element?.focus({ preventScroll: true });
}

function snapshot(state: Kind, desk: RecordDesk | null): Record<string, unknown> {
  const { record, transcript, brief, sound } = desk ?? {};
  return {
    state,
    programme: record?.programme ?? null,
    atMs: sound?.atMs ?? null,
    isPlaying: sound?.isPlaying ?? false,
    version: transcript?.transcript?.version ?? null,
    edits: Object.keys(transcript?.edits ?? {}),
    clashes: transcript?.clashes.length ?? 0,
    brief: brief?.saved?.version ?? null,
  };
}

customElements.define("stentor-record", RecordPage);
