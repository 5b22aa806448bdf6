/**
 * What every page shares: one language, the head, the foot. Pages are drawn into the document itself, not into a
 * shadow tree, so that one style sheet, one focus order and any test reach everything.
 */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { LANGUAGES, Speech, WORDS, remember, rememberedLanguage, type Language } from "../i18n/language";
import { mark } from "./icons";

export abstract class Page extends LitElement {
  protected speech = new Speech(rememberedLanguage());

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
              ${WORDS[language].language}
            </button>`,
        )}
      </nav>
    </footer>`;
  }

  private speak(language: Language): void {
    remember(language);
    this.speech = new Speech(language);
    document.documentElement.lang = language;
    this.requestUpdate();
  }
}
