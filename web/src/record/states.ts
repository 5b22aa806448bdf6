/** How far the record is: one sentence for each part, what failed, what comes next. */
import { html, nothing } from "lit";
import { lasted } from "../ui/lasting";
import type { Drawn, Table } from "./table";

const HAS_BEGUN = new Set(["on_air", "paused", "ending", "ended"]);

export function states(table: Table): Drawn {
  const { words, desk } = table;
  const { record } = desk;
  if (!record) return nothing;
  const hasOnlyOne = record.programme === "none" || record.is_unwanted;
  const lines = [programme(table), ...(hasOnlyOne ? [] : [transcript(table), brief(table)])];
  return html`<section class="states" aria-label=${words.recStates}>
    <ul role="list">
      ${lines.map(({ part, stage, says }) => html`<li data-test="state-${part}" data-stage=${stage}>${says}</li>`)}
    </ul>
    ${record.problem ? html`<p class="refusal" data-test="problem">${words.recProblem(record.problem)}</p>` : nothing}
    ${record.programme === "made" && !record.is_published ? html`<p class="quiet">${words.recHidden}</p>` : nothing}
  </section>`;
}

interface StateLine {
  readonly part: string;
  readonly stage: string;
  readonly says: string;
}

function programme({ words, desk }: Table): StateLine {
  const { record, space } = desk;
  const stage = record!.programme;
  const isLive = space !== null && space.state !== "ended" && HAS_BEGUN.has(space.state);
  const none = record!.is_recorded ? words.recNotBegun : words.recNotRecorded;
  if (record!.is_unwanted) return { part: "programme", stage: "none", says: record!.is_gone ? words.recGone : words.recGoing };
  const says = {
    none,
    running: isLive ? words.recRunning : words.recSealing,
    made: words.recMade(lasted(record!.duration_ms)),
    failed: words.recFailed,
  }[stage];
  return { part: "programme", stage, says };
}

function transcript({ words, desk }: Table): StateLine {
  const stage = desk.record!.transcript;
  const known = desk.transcript.transcript;
  const isOver = desk.space?.state === "ended";
  const made = known === null ? words.recScriptMade : known.is_machine ? words.recScriptMachine : words.recScriptEdited(known.by);
  const says = {
    none: isOver ? words.recScriptNone : words.recScriptLater,
    running: words.recScriptRunning,
    made,
    failed: words.recScriptFailed,
  }[stage];
  return { part: "transcript", stage, says };
}

function brief({ words, desk }: Table): StateLine {
  const { brief: stage, transcript: before } = desk.record!;
  const none = before === "running" || before === "made" ? words.recBriefLater : words.recBriefNone;
  const says = { none, running: words.recBriefRunning, made: words.recBriefMade, failed: words.recBriefFailed }[stage];
  return { part: "brief", stage, says };
}
