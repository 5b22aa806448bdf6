/**
 * What an editor can do with a brief: words of its own lines, their order, which quotes carry them. Pure.
 *
 * Never: a quote's words. A quote stands as the transcript has it, or it is not in the brief.
 */
import { lastBegun } from "../replay/lanes";
import type { Brief, Claim, Line, Quote, Section } from "./told";

/** As `SUMMARY_LINES_MAX` in stentor/record/brief.py. */
export const SUMMARY_LINES_MAX = 7;

/** Where a line stands: in the summary, among the figures, or in a section by its index. */
export type Place = "summary" | "figures" | number;

export function linesAt(brief: Brief, place: Place): readonly Line[] {
  return typeof place === "number" ? (brief.sections[place]?.lines ?? []) : brief[place];
}

export function withLines(brief: Brief, place: Place, lines: readonly Line[]): Brief {
  if (typeof place !== "number") return { ...brief, [place]: lines };
  return withSection(brief, place, (section) => ({ ...section, lines }));
}

export function withTitle(brief: Brief, title: string): Brief {
  return { ...brief, title };
}

export function withHeading(brief: Brief, index: number, heading: string): Brief {
  return withSection(brief, index, (section) => ({ ...section, heading }));
}

export function withLineText(brief: Brief, place: Place, index: number, text: string): Brief {
  return withLines(brief, place, linesAt(brief, place).map((line, at) => (at === index ? { ...line, text } : line)));
}

export function withoutLine(brief: Brief, place: Place, index: number): Brief {
  return withLines(brief, place, linesAt(brief, place).filter((_, at) => at !== index));
}

/** One place up or down; at the end nothing moves. */
export function withLineMoved(brief: Brief, place: Place, index: number, step: 1 | -1): Brief {
  const lines = [...linesAt(brief, place)];
  const [from, to] = [lines[index], lines[index + step]];
  if (!from || !to) return brief;
  lines[index] = to;
  lines[index + step] = from;
  return withLines(brief, place, lines);
}

/** A line rests on at least one quote: its last one stays. */
export function withoutQuote(brief: Brief, place: Place, index: number, quote: number): Brief {
  const lines = linesAt(brief, place).map((line, at) =>
    at === index && line.quotes.length > 1 ? { ...line, quotes: line.quotes.filter((_, n) => n !== quote) } : line,
  );
  return withLines(brief, place, lines);
}

/** As a line of its own, where its moment is among the others. */
export function withQuote(brief: Brief, place: Place, quote: Quote): Brief {
  const lines = linesAt(brief, place);
  if (place === "summary" && lines.length >= SUMMARY_LINES_MAX) return brief;
  const at = lines.findIndex(({ quotes }) => (quotes[0]?.start_ms ?? 0) > quote.start_ms);
  const line: Line = { text: quote.text, quotes: [quote] };
  return withLines(brief, place, at < 0 ? [...lines, line] : [...lines.slice(0, at), line, ...lines.slice(at)]);
}

/** Which section a moment belongs to: the last that has begun. */
export function sectionAt(brief: Brief, atMs: number): number {
  return Math.max(0, lastBegun(brief.sections, atMs, ({ start_ms }) => start_ms));
}

export function withClaim(brief: Brief, index: number, change: Partial<Pick<Claim, "note" | "source">>): Brief {
  return { ...brief, claims: brief.claims.map((claim, at) => (at === index ? { ...claim, ...change } : claim)) };
}

export function withoutClaim(brief: Brief, index: number): Brief {
  return { ...brief, claims: brief.claims.filter((_, at) => at !== index) };
}

export function withoutSection(brief: Brief, index: number): Brief {
  return { ...brief, sections: brief.sections.filter((_, at) => at !== index) };
}

/** Every quote of it, once each: to find the one that a refusal names. */
export function quotesOf(brief: Brief): Quote[] {
  const lines = [...brief.summary, ...brief.figures, ...brief.sections.flatMap((section) => section.lines)];
  return [...lines.flatMap((line) => line.quotes), ...brief.claims.map((claim) => claim.quote)];
}

/** Lines and sections without words say nothing: they are left out when it is saved. */
export function cleaned(brief: Brief): Brief {
  const spoken = (lines: readonly Line[]): Line[] =>
    lines.map((line) => ({ ...line, text: line.text.trim() })).filter(({ text }) => text !== "");
  return {
    ...brief,
    summary: spoken(brief.summary),
    figures: spoken(brief.figures),
    sections: brief.sections
      .map((section) => ({ ...section, heading: section.heading.trim(), lines: spoken(section.lines) }))
      .filter(({ lines }) => lines.length > 0),
  };
}

function withSection(brief: Brief, index: number, change: (section: Section) => Section): Brief {
  return { ...brief, sections: brief.sections.map((section, at) => (at === index ? change(section) : section)) };
}
