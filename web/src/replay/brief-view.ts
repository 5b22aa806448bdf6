/** The brief: in short, by topic, worth checking, figures; every line plays its second. */
import { html, nothing, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import { play } from "../ui/icons";
import { lasted } from "../ui/lasting";
import { hue } from "../ui/tint";
import type { Brief, BriefLine, Claim, Quote, Section } from "./record";

export interface BriefView {
  readonly brief: Brief;
  /** Of the page that prints well. */
  readonly printUrl: string;
  readonly speech: ReplaySpeech;
  playFrom(atMs: number): void;
}

export function briefView(view: BriefView): TemplateResult {
  const { brief, printUrl } = view;
  const { words } = view.speech;
  return html`<article class="brief" lang=${brief.language} data-test="brief">
    ${brief.is_machine ? html`<p class="machine"><b>${words.machineBrief}</b> ${words.machineBriefHint}</p>` : nothing}
    ${part(words.briefSummary, null, brief.summary.length, () => html`<ol class="summary">${brief.summary.map((line) => html`<li>${lineView(line, view)}</li>`)}</ol>`)}
    ${part(words.briefTopics, null, brief.sections.length, () => html`${brief.sections.map((section) => topic(section, view))}`)}
    ${part(words.briefClaims, words.briefClaimsHint, brief.claims.length, () => html`<ul class="claims" role="list">${brief.claims.map((claim) => claimView(claim, view))}</ul>`)}
    ${part(words.briefFigures, null, brief.figures.length, () => html`<ul class="named" role="list">${brief.figures.map((line) => html`<li>${lineView(line, view)}</li>`)}</ul>`)}
    <p><a class="button" href=${printUrl} data-test="print">${words.briefPrint}</a></p>
  </article>`;
}

function part(title: string, hint: string | null, count: number, content: () => TemplateResult): TemplateResult | typeof nothing {
  if (count === 0) return nothing;
  return html`<section>
    <h2>${title}</h2>
    ${hint ? html`<p class="small quiet">${hint}</p>` : nothing} ${content()}
  </section>`;
}

function topic({ heading, start_ms, lines }: Section, view: BriefView): TemplateResult {
  return html`<section class="topic">
    <h3>${heading} ${at(start_ms, heading, view)}</h3>
    <ul role="list">
      ${lines.map((line) => html`<li>${lineView(line, view)}</li>`)}
    </ul>
  </section>`;
}

/** Somebody's words as a quotation, a sentence about them with its quotes below. */
function lineView({ text, quotes }: BriefLine, view: BriefView): TemplateResult {
  const [only] = quotes;
  if (quotes.length === 1 && only && only.text === text) return quoteView(only, view);
  return html`<p>${text}</p>
    ${quotes.map((quote) => (quote.text === text ? source(quote, view) : quoteView(quote, view)))}`;
}

function quoteView(quote: Quote, view: BriefView): TemplateResult {
  return html`<blockquote style="--hue:${hue(nameOf(quote, view))}"><p>${quote.text}</p></blockquote>
    ${source(quote, view)}`;
}

function source(quote: Quote, view: BriefView): TemplateResult {
  const name = nameOf(quote, view);
  return html`<p class="source">
    <b>${name}</b> ${at(quote.start_ms, name, view)}
    ${quote.original ? html`<span class="original">${view.speech.words.inOriginal}: <q lang=${view.brief.translated_from ?? ""}>${quote.original}</q></span>` : nothing}
  </p>`;
}

function claimView({ quote, kind, figures, note, source: found }: Claim, view: BriefView): TemplateResult {
  const { words } = view.speech;
  const kinds: Readonly<Record<string, unknown>> = words;
  return html`<li class="claim" data-test="claim">
    <p class="kind">${kinds[`claim_${kind}`] ?? kind}</p>
    <blockquote style="--hue:${hue(nameOf(quote, view))}"><p>${marked(quote.text, figures)}</p></blockquote>
    ${source(quote, view)}
    ${note
      ? html`<p class="claim-note"><b>${words.claimNote}</b> ${note}
          ${isAddress(found) ? html`<a href=${found} rel="noopener noreferrer nofollow">${words.claimSource}: ${new URL(found).host}</a>` : nothing}</p>`
      : nothing}
  </li>`;
}

/** The text with its figures marked, each at its first place. */
export function marked(text: string, figures: readonly string[]): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let from = 0;
  const places = figures.map((figure) => ({ figure, at: text.indexOf(figure) })).filter(({ figure, at }) => figure !== "" && at >= 0);
  for (const { figure, at } of places.sort((a, b) => a.at - b.at)) {
    if (at < from) continue;
    parts.push(text.slice(from, at), html`<mark>${figure}</mark>`);
    from = at + figure.length;
  }
  return [...parts, text.slice(from)];
}

function at(atMs: number, name: string, { speech, playFrom }: BriefView): TemplateResult {
  const time = lasted(atMs);
  return html`<button class="at" data-test="play-quote" data-ms=${atMs} aria-label=${speech.words.playFrom(time, name)} @click=${() => playFrom(atMs)}>
    ${play}${time}
  </button>`;
}

function nameOf({ person_id }: Quote, { brief }: BriefView): string {
  return brief.names[person_id] ?? "";
}

/** A note's source is what an editor typed: only what a browser may open becomes a link. */
export function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol);
}
