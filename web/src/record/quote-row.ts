/** A quote of the brief: its second, who says it, its words. */
import { html, nothing } from "lit";
import { cross, play } from "../ui/icons";
import { lasted } from "../ui/lasting";
import { nameOf, type Drawn, type Table } from "./table";
import type { Quote } from "./told";

export interface QuoteLook {
  /** The line says something else, so the words are shown too. */
  readonly isShown: boolean;
  readonly remove: { readonly label: string; readonly act: () => void } | null;
}

export function quoteRow(table: Table, quote: Quote, { isShown, remove }: QuoteLook): Drawn {
  const { words, desk } = table;
  const name = nameOf(table, quote.person_id);
  const isUnproved = desk.brief.unproved === quote.text;
  return html`<li class="quote ${isUnproved ? "unproved" : ""}" data-test="quote">
    <button class="when" aria-label=${words.recQuotePlay(name, lasted(quote.start_ms))} @click=${() => desk.sound.playFrom(quote.start_ms)}>
      ${play}<span>${lasted(quote.start_ms)}</span>
    </button>
    <span class="quoted"><strong>${name}</strong>${isShown ? html`<q>${quote.text}</q>` : nothing}</span>
    ${remove
      ? html`<button class="tool" aria-label=${remove.label} title=${remove.label} data-test="quote-remove" @click=${remove.act}>${cross}</button>`
      : nothing}
  </li>`;
}
