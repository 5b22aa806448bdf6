/**
 * What every page shares: one language, the head, the foot. Pages are drawn into the document itself, not into a
 * shadow tree, so that one style sheet, one focus order and any test reach everything.
 */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import type { SharedWords } from "../i18n/en/shared";
import { LANGUAGES, Speech, remember, rememberedLanguage, type Language } from "../i18n/language";
import { mark } from "./icons";

export abstract class Page<Words extends SharedWords> extends LitElement {
  protected speech: Speech<Words>;

  /** @param vocabulary the words of this page, in every language. */
  constructor(private readonly vocabulary: Readonly<Record<Language, Words>>) {
    super();
    this.speech = this.speechIn(rememberedLanguage());
  }

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.lang = this.speech.language;
  }

  /** The state goes on the root element too: style sheets and tests read it there. */
  protected showState(state: string): void {
    this.dataset["state"] = state;
    document.documentElement.dataset["state"] = state;
  }

  protected head(aside: TemplateResult | typeof nothing = nothing, home: string | null = "/"): TemplateResult {
    const name = html`${mark}<span>Stentor</span>`;
    return html`<header class="head">
      ${home ? html`<a class="brand" href=${home}>${name}</a>` : html`<span class="brand">${name}</span>`} ${aside}
    </header>`;
  }

  /** A page that has only this to say: what it is, and what comes next. */
  protected notice(title: string, text: string, more: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="notice">
      <h1>${title}</h1>
      <p class="quiet" data-test="state-line" role="status">${text}</p>
      ${more}
    </div>`;
  }

  protected foot(): TemplateResult {
    return html`<footer class="foot">
      <span>${this.speech.words.siteTagline}</span>
      <nav class="languages" aria-label="Language · Langue">
        ${LANGUAGES.map(
          (language) =>
            html`<button
              lang=${language}
              aria-pressed=${language === this.speech.language}
              @click=${() => this.speak(language)}
            >
              ${this.vocabulary[language].language}
            </button>`,
        )}
      </nav>
    </footer>`;
  }

  private speak(language: Language): void {
    remember(language);
    this.speech = this.speechIn(language);
    document.documentElement.lang = language;
    this.requestUpdate();
  }

  private speechIn(language: Language): Speech<Words> {
    return new Speech(language, this.vocabulary[language]);
  }
}
