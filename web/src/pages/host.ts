/**
 * The console for accounts of the house (`/host/<space>`): everything but a microphone of one's own.
 *
 * Who asks is known by the session's cookie. `window.stentorHost` is a read-only snapshot for tests.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Refusal } from "../api/asking";
import { Live } from "../api/live";
import { entered, signInLink } from "../api/session";
import { Console } from "../host/console";
import { Ui, type Desk } from "../host/desk";
import { SpaceDoor } from "../host/space-door";
import { stateTag } from "../host/bar";
import { HostView } from "../host/view";
import { HOST, type Words } from "../i18n/host";
import { waitS } from "../player/backoff";
import { speakingIn } from "../player/tick";
import { Page } from "../ui/page";
import "./speak.css";
import "./host.css";

const CLOCK_MS = 500;
const ASK_AGAIN_S = 3;

type Kind = "loading" | "unreachable" | "sign_in" | "not_yours" | "unknown" | "open" | "ended";

export class HostPage extends Page<Words> {
  private readonly spaceId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  private kind: Kind = "loading";
  private console: Console | null = null;
  private live: Live | null = null;
  private readonly ui = new Ui();
  private readonly hostView = new HostView(
    () => (this.console ? this.desk(this.console) : null),
    () => null,
  );

  constructor() {
    super(HOST);
    Object.defineProperty(window, "stentorHost", {
      get: () => ({ state: this.kind, space: this.console?.space?.state, hearing: this.console?.figures?.hearing ?? null }),
    });
    setInterval(() => this.console && this.requestUpdate(), CLOCK_MS);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.enter();
  }

  override render(): TemplateResult {
    const host = this.console;
    const state = host?.space?.state === "ended" ? "ended" : this.kind;
    this.showState(state);
    const title = host?.space?.title ?? "";
    document.title = title ? `${title} · Stentor` : "Stentor";
    return html`<div class="page wide">
      ${this.head(host?.space ? stateTag(this.desk(host)) : nothing)}
      <main>${host?.space ? this.opened(host, title) : this.closed()}</main>
      ${this.foot()}
    </div>`;
  }

  private opened(host: Console, title: string): TemplateResult {
    return this.hostView.render(this.desk(host), html`<div class="title"><h1 class="long">${title}</h1></div>`);
  }

  private closed(): TemplateResult {
    const { words } = this.speech;
    switch (this.kind) {
      case "sign_in":
        return this.notice(
          words.signInFirst,
          words.signInWhy,
          html`<a class="button primary" href=${signInLink()}>${words.signInGo}</a>`,
        );
      case "not_yours":
        return this.notice(words.notYoursTitle, words.signInWhy);
      case "unknown":
        return this.notice(words.noSuchSpaceTitle, words.noSuchSpace);
      case "unreachable":
        return this.notice(words.unreachableTitle, words.stateUnreachable);
      default:
        return html`<h1 class="unseen">Stentor</h1><p class="sentence" role="status">${words.stateLoading}</p>`;
    }
  }

  private desk(host: Console): Desk {
    const known = this.live?.known ?? null;
    const levels = known?.speaking ?? {};
    return {
      console: host,
      ui: this.ui,
      speech: this.speech,
      words: this.speech.words,
      me: null,
      people: known?.people ?? [],
      speaking: Object.fromEntries(speakingIn(known).map((id) => [id, levels[id] ?? 0])),
      nowMs: host.nowMs,
      redraw: () => this.requestUpdate(),
    };
  }

  private async enter(): Promise<void> {
    try {
      const session = await entered();
      if (session === null) return this.show("sign_in");
      const door = new SpaceDoor(session.asking, this.spaceId);
      await door.space();
      this.console = new Console(door, () => null, () => this.live?.isOpen ?? false, () => this.requestUpdate());
      await this.console.open();
      this.show("open");
      this.follow(door, this.console);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 0;
      const kinds: Record<number, Kind> = { 401: "sign_in", 403: "not_yours", 404: "unknown" };
      this.show(kinds[status] ?? "unreachable");
      if (this.kind === "unreachable") setTimeout(() => void this.enter(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
    }
  }

  private follow(door: SpaceDoor, host: Console): void {
    this.live = new Live((signal) => door.live(signal), {
      on: (name, data) => host.take(name, data),
      onTick: (tick) => host.onTick(tick),
      changed: () => this.requestUpdate(),
    });
    void this.live.run();
  }

  private show(kind: Kind): void {
    this.kind = kind;
    this.requestUpdate();
  }
}

customElements.define("stentor-host", HostPage);
