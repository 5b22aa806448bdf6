/** An older version of the brief: it is read and played, nothing of it is changed. */
import { html } from "lit";
import { quoteRow } from "./quote-row";
import type { Drawn, Table } from "./table";
import type { Brief, Line } from "./told";
import { looking } from "./versions-part";

export function olderBrief(table: Table, older: Brief): Drawn {
  const { words, desk } = table;
  return html`<section class="panel brief" aria-labelledby="brief-title" lang=${older.language}>
    <div class="panel-head"><h2 id="brief-title">${words.recPartBrief}</h2></div>
    ${looking(table, desk.brief, "brief-")}
    <p><strong>${older.title}</strong></p>
    <h3>${words.briefSummary}</h3>
    ${lines(table, older.summary)}
    ${older.sections.map(({ heading, lines: of }) => html`<h3>${heading}</h3>${lines(table, of)}`)}
  </section>`;
}

function lines(table: Table, all: readonly Line[]): Drawn {
  return html`<ol class="lines" role="list">
    ${all.map(
      ({ text, quotes }) => html`<li class="line">
        <p>${text}</p>
        <ul class="quotes" role="list">${quotes.map((quote) => quoteRow(table, quote, { isShown: quote.text !== text, remove: null }))}</ul>
      </li>`,
    )}
  </ol>`;
}
