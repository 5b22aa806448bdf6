/**
 * `<stentor-player space="https://talk.example/s/debate">`: a Space on anybody's page.
 *
 * Comes in: the address, `lang` (else the nearest one of the page, else the browser's). Goes out: a small card with the
 * title, what is going on, one button. It lives in a shadow tree, so that neither page styles the other; it asks the
 * house of its Space and nobody else; it plays only after a press.
 */
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { dayOf, timeOf, together } from "../i18n/dates";
import { EMBED, type Words } from "../i18n/embed";
import { Speech, pick } from "../i18n/language";
import { programmeTag, sentence, TONES } from "../pages/listen-sentence";
import { Player, type Snapshot } from "../player/player";
import { isTunedIn } from "../player/state";
import { mark, play, stop } from "../ui/icons";
import { sentenceCase } from "../ui/text";
import { spaceAddress, type SpaceAddress } from "./address";
import { styles } from "./styles";

/** Names that fit on a line; the rest are a number. */
const NAMES_MAX = 3;

export class StentorPlayer extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = { space: { type: String }, lang: { type: String } };

  declare space: string;
  private address: SpaceAddress | null = null;
  private player: Player | null = null;
  private spoken: Speech<Words> | null = null;

  /** Read-only, for tests and for pages that show more. */
  get now(): Snapshot | null {
    return this.player?.snapshot() ?? null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("space") && this.isConnected) this.open();
  }

  override render(): TemplateResult {
    const speech = this.speech();
    const { words } = speech;
    if (!this.address || !this.player) return html`<div class="card"><p class="sentence">${words.embedNoSpace}</p></div>`;
    const now = this.player.snapshot();
    const { kind, wants } = now.listener;
    const [tag, isOnAir] = programmeTag(now, words);
    const canPress = this.player.canPlay && (wants || !["loading", "unknown", "unreachable", "ended"].includes(kind));
    this.dataset["state"] = kind;
    return html`<section class="card" lang=${speech.language} aria-label=${now.title || "Stentor"}>
      <div class="top">
        <a class="brand" href=${this.address.page} target="_blank" rel="noopener">${mark}<span>Stentor</span></a>
        ${tag ? html`<span class="tag ${isOnAir ? "on_air" : ""}">${tag}</span>` : nothing}
      </div>
      <div class="middle">
        ${canPress
          ? html`<button
              class="press ${wants ? "on" : ""}"
              part="button"
              data-test="press"
              aria-label=${wants ? words.stop : words.listen}
              @click=${() => this.press(!wants)}
            >
              ${wants ? stop : play}
            </button>`
          : nothing}
        <div class="text">
          <a class="title" href=${this.address.page} target="_blank" rel="noopener" data-test="title">
            ${now.title || (kind === "unknown" ? words.unknownTitle : "Stentor")}
          </a>
          <p class="who">${this.who(now, speech)}</p>
        </div>
        <span class="bars ${isTunedIn(now.listener) && kind === "live" ? "live" : ""}" aria-hidden="true">
          <i></i><i></i><i></i><i></i>
        </span>
      </div>
      <p class="sentence" data-test="sentence" data-tone=${TONES[kind] ?? "quiet"} role="status" aria-live="off">
        ${this.player.canPlay ? this.sentence(now, speech) : words.cannotPlay}
      </p>
    </section>`;
  }

  private sentence(now: Snapshot, speech: Speech<Words>): string {
    const { startsMs, listener } = now;
    const inLine = listener.kind === "in_line" && this.player?.inLine?.sentence(speech.language);
    if (inLine) return inLine;
    if (listener.kind !== "waiting" || startsMs === null || startsMs < now.serverMs) return sentence(now, speech);
    const { locale, words } = speech;
    const when = words.dayAt(dayOf(startsMs, now.serverMs, locale), timeOf(startsMs, locale));
    return listener.wants ? words.stateWaitingArmed : words.startsAt(when);
  }

  /** Who speaks comes first; then who is there; before anybody is, the hosts. */
  private who(now: Snapshot, speech: Speech<Words>): string {
    const { words, locale } = speech;
    const speaking = now.people.filter(({ id }) => id in now.speaking);
    const people = [...speaking, ...now.people.filter((person) => !speaking.includes(person))].map(({ name }) => name);
    const names = people.length > 0 ? people : now.hosts;
    if (names.length === 0) return "";
    const others = Math.max(0, names.length - NAMES_MAX);
    const shown = others === 0 ? together(names, locale) : names.slice(0, NAMES_MAX).join(", ");
    return sentenceCase(words.embedOnStage(shown, others, speech.count(others)));
  }

  private press(wants: boolean): void {
    if (wants) this.player?.listen();
    else this.player?.stop();
  }

  private open(): void {
    this.close();
    this.address = spaceAddress(this.space ?? "", document.baseURI);
    if (!this.address) return;
    const { home, name } = this.address;
    this.player = new Player({ name, home }, {}, { changed: () => this.requestUpdate() });
    this.player.open();
  }

  private close(): void {
    this.player?.close();
    this.player = null;
  }

  private speech(): Speech<Words> {
    const near = this.closest("[lang]")?.getAttribute("lang") ?? null;
    const language = pick(near, navigator.languages);
    if (this.spoken?.language !== language) this.spoken = new Speech(language, EMBED[language]);
    return this.spoken;
  }
}

if (!customElements.get("stentor-player")) customElements.define("stentor-player", StentorPlayer);
