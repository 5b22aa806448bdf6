/** Said once where words that were not saved have come back. */
import { html, nothing } from "lit";
import { whenOf, type Drawn, type Table } from "./table";

/** @param atMs when they were written; null: none have come back. */
export function draftBack(table: Table, atMs: number | null, test: string): Drawn {
  return html`<div role="status">
    ${atMs === null ? nothing : html`<p class="news-line" data-test=${test}>${table.words.recDraftBack(whenOf(table, atMs))}</p>`}
  </div>`;
}
