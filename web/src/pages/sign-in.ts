/** Signing in at the stage door: by one-time link, passkey or OpenID provider; and the passkeys of who is in. */
import { html, nothing, type TemplateResult } from "lit";
import { Closed, SessionDoor, onceOf, wayOn, type PasskeyTold, type SessionTold } from "../access/session";
import { Refusal } from "../api/asking";
import { ENTER, type Words } from "../i18n/enter";
import { mark } from "../ui/icons";
import { Page } from "../ui/page";
import "./sign-in.css";

type State = "loading" | "unreachable" | "once" | "out" | "in";

const TOO_MANY = 429;

export class SignInPage extends Page<Words> {
  private state: State = "loading";
  private session: SessionTold | null = null;
  private keys: readonly PasskeyTold[] = [];
  private trouble = "";
  private isBusy = false;
  private removing: string | null = null;
  private readonly door = new SessionDoor();
  private once: string | null = onceOf(location.pathname);

  constructor() {
    super(ENTER);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.trouble = this.refused(new URLSearchParams(location.search).get("refused"));
    void this.begin();
  }

  override render(): TemplateResult {
    const { words } = this.speech;
    this.showState(this.state);
    document.title = `${words.enterTitle} · Stentor`;
    return html`<div class="page">
      ${this.head(nothing, null)}
      <main>${this.body(words)}</main>
      ${this.foot()}
    </div>`;
  }

  private body(words: Words): TemplateResult {
    if (this.state === "loading") return html`<p class="quiet" role="status">${words.stateLoading}</p>`;
    if (this.state === "unreachable") {
      const again = html`<button class="button" @click=${() => void this.begin()}>${words.tryAgain}</button>`;
      return this.notice(words.unreachableTitle, words.stateUnreachable, again);
    }
    if (this.state === "once") return this.link(words);
    return this.state === "in" && this.session?.account ? this.inside(words, this.session) : this.ways(words);
  }

  private link(words: Words): TemplateResult {
    return html`<section class="enter">
      <span class="horn">${mark}</span>
      <h1>${words.onceTitle}</h1>
      <p class="quiet">${words.onceHint}</p>
      ${this.said()}
      <button class="button primary big" data-test="use-link" ?disabled=${this.isBusy} @click=${() => void this.useLink()}>
        ${words.onceUse}
      </button>
    </section>`;
  }

  private ways(words: Words): TemplateResult {
    const ways = this.session?.ways;
    const hasKeys = ways?.passkey === true && "PublicKeyCredential" in window;
    return html`<section class="enter">
      <span class="horn">${mark}</span>
      <h1>${words.enterTitle}</h1>
      <p class="quiet">${words.enterHint}</p>
      ${this.said()}
      ${hasKeys
        ? html`<button
            class="button primary big"
            data-test="use-passkey"
            ?disabled=${this.isBusy}
            @click=${() => void this.usePasskey()}
          >
            ${words.enterPasskey}
          </button>`
        : html`<p class="card small">${words.enterNoPasskeys}</p>`}
      ${ways?.provider
        ? html`<button
            class="button wide"
            data-test="use-provider"
            ?disabled=${this.isBusy}
            @click=${() => void this.useProvider()}
          >
            ${words.enterProvider(ways.provider)}
          </button>`
        : nothing}
      <p class="quiet small">${words.enterLost}</p>
    </section>`;
  }

  private inside(words: Words, session: SessionTold): TemplateResult {
    const { account, ways, is_fresh: isFresh } = session;
    const first = this.keys.length === 0;
    const canMake = ways.passkey && isFresh && "PublicKeyCredential" in window;
    const goOn = html`<a class="button ${first && canMake ? "" : "primary"}" data-test="go-on" href=${this.on()}>${words.inGoOn}</a>`;
    return html`<section class="enter" data-test="inside">
      <span class="horn">${mark}</span>
      <h1>${words.inTitle(account?.name ?? "")}</h1>
      <p class="quiet">${words.inRank(account?.rank ?? "")}</p>
      ${this.said()}
      <div class="card">
        <h2>${words.passkeysTitle}</h2>
        ${first ? html`<p>${ways.passkey ? words.passkeysOffer : words.enterNoPasskeys}</p>` : this.list(words, isFresh)}
        ${ways.passkey && !isFresh ? html`<p class="quiet small">${words.passkeysStale}</p>` : nothing}
        ${canMake
          ? html`<button
              class="button ${first ? "primary" : ""}"
              data-test="make-passkey"
              ?disabled=${this.isBusy}
              @click=${() => void this.makePasskey()}
            >
              ${first ? words.passkeysMake : words.passkeysMakeAnother}
            </button>`
          : nothing}
      </div>
      <div class="row">
        ${goOn}
        <button class="button" data-test="sign-out" @click=${() => void this.signOut(false)}>${words.inSignOut}</button>
        <button class="button" @click=${() => void this.signOut(true)}>${words.inSignOutEverywhere}</button>
      </div>
    </section>`;
  }

  private list(words: Words, isFresh: boolean): TemplateResult {
    const day = new Intl.DateTimeFormat(this.speech.locale, { dateStyle: "long" });
    return html`<ul class="keys" role="list">
      ${this.keys.map((key) => {
        const used = key.used_ms === null ? words.passkeysNeverUsed : words.passkeysUsed(day.format(key.used_ms));
        const isSure = this.removing === key.id;
        return html`<li data-test="passkey">
          <span><strong>${key.name}</strong><br /><span class="quiet small">${used}</span></span>
          ${isFresh
            ? html`<button class="button danger ${isSure ? "sure" : ""}" @click=${() => void this.removeKey(key.id)}>
                ${isSure ? words.passkeysRemoveSure : words.passkeysRemove}
              </button>`
            : nothing}
        </li>`;
      })}
    </ul>`;
  }

  private said(): TemplateResult {
    return html`<p class="refusal" role="alert" data-test="trouble">${this.trouble}</p>`;
  }

  private on(): string {
    return wayOn(location.search, location.origin);
  }

  // ── what happens ─────────────────────────────────────────────────────────────

  private async begin(): Promise<void> {
    try {
      await this.know(await this.door.read());
    } catch {
      this.state = "unreachable";
    }
    this.requestUpdate();
  }

  private async know(told: SessionTold): Promise<void> {
    this.session = told;
    if (this.once !== null) this.state = "once";
    else this.state = told.account ? "in" : "out";
    this.keys = this.state === "in" ? await this.door.passkeys() : [];
  }

  private useLink(): Promise<void> {
    return this.trying(async () => {
      const told = await this.door.useLink(this.once ?? "");
      // The token is used up; it need not stay in the address either.
      history.replaceState(null, "", "/sign-in");
      this.once = null;
      await this.know(told);
    });
  }

  private usePasskey(): Promise<void> {
    return this.trying(async () => {
      await this.door.usePasskey();
      location.assign(this.on());
    });
  }

  private useProvider(): Promise<void> {
    return this.trying(async () => location.assign(await this.door.beginProvider()));
  }

  private makePasskey(): Promise<void> {
    return this.trying(async () => {
      this.keys = await this.door.makePasskey(this.speech.words.passkeysNamed(device() ?? this.speech.words.passkeysThisDevice));
    });
  }

  private removeKey(id: string): Promise<void> {
    if (this.removing !== id) {
      this.removing = id;
      this.requestUpdate();
      return Promise.resolve();
    }
    this.removing = null;
    return this.trying(async () => {
      this.keys = await this.door.removePasskey(id);
    });
  }

  private signOut(everywhere: boolean): Promise<void> {
    return this.trying(async () => {
      await this.door.signOut(everywhere);
      await this.know(await this.door.read());
    });
  }

  /** One thing at a time; what goes wrong is said in words. */
  private async trying(what: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.trouble = "";
    this.requestUpdate();
    try {
      await what();
    } catch (error) {
      this.trouble = this.because(error);
    }
    this.isBusy = false;
    this.requestUpdate();
  }

  private because(error: unknown): string {
    const { words } = this.speech;
    if (error instanceof Closed) return words.refusedClosed;
    if (error instanceof Refusal && error.status === TOO_MANY) return words.refusedOften;
    return words.refusedBecause(error instanceof Error ? error.message : String(error));
  }

  private refused(word: string | null): string {
    const { words } = this.speech;
    const says: Record<string, string> = {
      unknown: words.refusedUnknown,
      again: words.refusedAgain,
      away: words.refusedAway,
      often: words.refusedOften,
    };
    return says[word ?? ""] ?? "";
  }
}

/** What people call their machine, where the browser tells; null: it does not. */
function device(): string | null {
  const data = (navigator as { userAgentData?: { platform?: string } }).userAgentData;
  return data?.platform || null;
}

customElements.define("stentor-sign-in", SignInPage);
