/** A quote comes into the brief, by a press in the transcript; it can be taken out again at once. */
import { SUMMARY_LINES_MAX, sectionAt, withQuote } from "./brief-edits";
import type { Table } from "./table";
import type { Quote } from "./told";

export function quoted(table: Table, quote: Quote, where: "section" | "summary"): void {
  const { desk, ui } = table;
  const { brief } = desk.brief;
  if (!brief || (where === "summary" && brief.summary.length >= SUMMARY_LINES_MAX)) return;
  desk.brief.edit(withQuote(brief, where === "summary" ? "summary" : sectionAt(brief, quote.start_ms), quote));
  ui.selected = null;
  getSelection()?.removeAllRanges();
  desk.say("quoted", "", async () => desk.brief.undo());
}
