/** The brief's editor: own lines and headings are written, quotes are kept or taken out. */
import { html, nothing } from "lit";
import { twice } from "../host/desk";
import { tick } from "../ui/icons";
import { trash, undo } from "../ui/host-icons";
import {
  linesAt,
  withClaim,
  withHeading,
  withLineMoved,
  withLineText,
  withTitle,
  withoutClaim,
  withoutLine,
  withoutQuote,
  withoutSection,
  type Place,
} from "./brief-edits";
import { draftBack } from "./draft-back";
import { olderBrief } from "./older-brief";
import { quoteRow } from "./quote-row";
import { grow, type Drawn, type Table } from "./table";
import type { Brief, Claim, Line } from "./told";
import { byWhom, versions } from "./versions-part";

export function briefPart(table: Table): Drawn {
  const { words, desk } = table;
  const { brief } = desk.brief;
  if (!brief) return html`<section class="panel"><h2>${words.recPartBrief}</h2><p class="quiet">${words.recBriefNone}</p></section>`;
  if (desk.brief.older) return olderBrief(table, desk.brief.older);
  return html`<section class="panel brief" aria-labelledby="brief-title" lang=${brief.language}>
    <div class="panel-head">
      <h2 id="brief-title">${words.recPartBrief}</h2>
      ${brief.is_machine ? html`<span class="tag machine">${words.machineBrief}</span>` : nothing}
    </div>
    <p class="quiet small">${words.recBriefHint}</p>
    ${trouble(table)}
    <label class="field"><span>${words.recBriefTitle}</span>
      <input maxlength="200" .value=${brief.title} data-test="brief-title" @input=${(event: Event) => desk.brief.edit(withTitle(brief, valueOf(event)), "title")} /></label>
    <h3>${words.briefSummary}</h3>
    ${lines(table, brief, "summary")}
    ${brief.sections.map((section, index) => sectionPart(table, brief, section.heading, index))}
    ${brief.claims.length === 0
      ? nothing
      : html`<h3>${words.briefClaims}</h3>
          <ol class="lines" role="list">${brief.claims.map((claim, index) => claimRow(table, brief, claim, index))}</ol>`}
    ${brief.figures.length === 0 ? nothing : html`<h3>${words.briefFigures}</h3>${lines(table, brief, "figures")}`}
    ${unsaved(table)}
    <div class="row again">
      ${twice(table, {
        key: "brief-again",
        label: words.recBriefAgain,
        ask: words.recBriefAgainAsk,
        yes: words.recBriefAgainYes,
        look: "small quiet",
        act: () => void desk.briefAgain(),
      })}
    </div>
    ${versions(table, desk.brief, { newest: desk.brief.saved?.version ?? 0, kind: "brief-" })}
  </section>`;
}

function trouble(table: Table): Drawn {
  const { words, desk, speech } = table;
  const { newer, refusal, unproved, isJustSaved, saved, draftMs, restored } = desk.brief;
  return html`${newer
    ? html`<div class="asked" role="alert" data-test="brief-clash">
        <p>${words.recBriefClash(byWhom(table, newer.by), speech.count(newer.version))}</p>
        <div class="row">
          <button class="button small" data-test="brief-mine" @click=${() => desk.brief.choose(true)}>${words.recBriefMine}</button>
          <button class="button small" data-test="brief-theirs" @click=${() => desk.brief.choose(false)}>${words.recBriefTheirs}</button>
        </div>
      </div>`
    : nothing}
  ${refusal
    ? html`<p class="refusal" role="alert" data-test="brief-refusal">${unproved ? words.recUnproved(unproved) : words.notDone(refusal)}</p>`
    : nothing}
  <div role="status">${isJustSaved && saved ? html`<p class="news-line" data-test="brief-saved">${words.recBriefSaved(speech.count(saved.version))}</p>` : nothing}
    ${restored === null ? nothing : html`<p class="news-line" data-test="brief-restored">${words.recRestored(speech.count(restored))}</p>`}</div>
  ${draftBack(table, draftMs, "brief-draft")}`;
}

function sectionPart(table: Table, brief: Brief, heading: string, index: number): Drawn {
  const { words, desk } = table;
  return html`<div class="brief-section">
    <div class="heading">
      <input
        class="as-heading"
        maxlength="200"
        aria-label=${words.recHeading}
        data-test="heading"
        .value=${heading}
        @input=${(event: Event) => desk.brief.edit(withHeading(brief, index, valueOf(event)), `heading/${index}`)}
      />
      <button class="tool" aria-label=${words.recSectionRemove} title=${words.recSectionRemove} @click=${() => desk.brief.edit(withoutSection(brief, index))}>${trash}</button>
    </div>
    ${lines(table, brief, index)}
  </div>`;
}

function lines(table: Table, brief: Brief, place: Place): Drawn {
  const all = linesAt(brief, place);
  return html`<ol class="lines" role="list">${all.map((line, index) => lineRow(table, brief, place, line, index, all.length))}</ol>`;
}

function lineRow(table: Table, brief: Brief, place: Place, line: Line, index: number, count: number): Drawn {
  const { words, desk } = table;
  const edit = (then: Brief) => (): void => desk.brief.edit(then);
  const write = (event: Event): void => {
    grow(event.target as HTMLTextAreaElement);
    desk.brief.edit(withLineText(brief, place, index, valueOf(event)), `line/${place}/${index}`);
  };
  return html`<li class="line" data-test="line">
    <textarea rows="1" maxlength="1000" aria-label=${words.recLine} data-test="line-text" .value=${line.text} @input=${write}></textarea>
    <div class="line-tools">
      <button class="tool" aria-label=${words.recLineUp} title=${words.recLineUp} ?disabled=${index === 0} @click=${edit(withLineMoved(brief, place, index, -1))}>↑</button>
      <button class="tool" aria-label=${words.recLineDown} title=${words.recLineDown} ?disabled=${index === count - 1} @click=${edit(withLineMoved(brief, place, index, 1))}>↓</button>
      <button class="tool" aria-label=${words.recLineRemove} title=${words.recLineRemove} data-test="line-remove" @click=${edit(withoutLine(brief, place, index))}>${trash}</button>
    </div>
    <ul class="quotes" role="list">
      ${line.quotes.map((quote, n) =>
        quoteRow(table, quote, {
          isShown: quote.text !== line.text,
          remove: line.quotes.length > 1 ? { label: words.recQuoteRemove, act: edit(withoutQuote(brief, place, index, n)) } : null,
        }),
      )}
    </ul>
  </li>`;
}

function claimRow(table: Table, brief: Brief, claim: Claim, index: number): Drawn {
  const { words, desk } = table;
  const set = (field: "note" | "source") => (event: Event): void => {
    if (field === "note") grow(event.target as HTMLTextAreaElement);
    desk.brief.edit(withClaim(brief, index, { [field]: valueOf(event) }), `claim/${field}/${index}`);
  };
  return html`<li class="line claim" data-test="claim">
    <ul class="quotes" role="list">${quoteRow(table, claim.quote, {
        isShown: true,
        remove: { label: words.recClaimRemove, act: () => desk.brief.edit(withoutClaim(brief, index)) },
      })}</ul>
    <p class="small quiet">${kindOf(words, claim.kind)}${claim.figures.length ? html` · ${claim.figures.join(" · ")}` : nothing}</p>
    <label class="field"><span>${words.recClaimNote}</span>
      <textarea rows="1" maxlength="2000" data-test="claim-note" .value=${claim.note} @input=${set("note")}></textarea></label>
    <label class="field"><span>${words.recClaimSource}</span>
      <input type="url" maxlength="2000" inputmode="url" data-test="claim-source" .value=${claim.source} @input=${set("source")} /></label>
  </li>`;
}

function kindOf(words: Table["words"], kind: string): string {
  const kinds: Readonly<Record<string, string>> = {
    figure: words.claim_figure,
    date: words.claim_date,
    superlative: words.claim_superlative,
    comparison: words.claim_comparison,
    projection: words.claim_projection,
    promise: words.claim_promise,
    cause: words.claim_cause,
    denial: words.claim_denial,
    event: words.claim_event,
  };
  return kinds[kind] ?? kind;
}

function unsaved({ words, desk }: Table): Drawn {
  const { brief } = desk;
  if (!brief.isChanged) return nothing;
  return html`<div class="unsaved" data-test="brief-unsaved">
    <p>${brief.isSaving ? words.recSaving : words.recBriefUnsaved}
      ${brief.keeper.isForgetful ? html`<strong>${words.recForgetful}</strong>` : nothing}</p>
    <div class="row">
      <button class="button small primary" data-test="brief-save" ?disabled=${brief.isSaving || brief.newer !== null} @click=${() => void brief.save()}>
        ${tick}${words.detailsSave}
      </button>
      <button class="button small" data-test="brief-undo" ?disabled=${!brief.canUndo} @click=${() => brief.undo()}>${undo}${words.undo}</button>
    </div>
  </div>`;
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
}
