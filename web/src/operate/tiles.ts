/** Edges as tiles: seats, line, lateness, and the ladder drawn as a ladder that can be forced. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { EdgeTold, LadderWanted } from "../api/told";
import type { Words } from "../i18n/operate";
import type { Speech } from "../i18n/language";
import type { House } from "./house";
import { STEPS, percent, taken, type StepName } from "./steps";

/** From here on the colour says what the figure says. */
const NEARLY_FULL = 0.8;

export function edges(house: House, list: readonly EdgeTold[], speech: Speech<Words>): TemplateResult {
  const { words } = speech;
  return html`<section class="edges" aria-labelledby="edges-title">
    <h2 id="edges-title" class="part-title">${words.edgesTitle}</h2>
    ${list.length === 0
      ? html`<p class="quiet">${words.edgesNone}</p>`
      : html`<ul class="tiles" role="list">
          ${repeat(list, ({ id }) => id, (edge) => tile(house, edge, speech))}
        </ul>`}
  </section>`;
}

function tile(house: House, edge: EdgeTold, speech: Speech<Words>): TemplateResult {
  const { words } = speech;
  const lineShare = edge.line === null ? null : percent(edge.line);
  return html`<li class="panel tile ${edge.is_lost ? "silent" : ""}" data-test="edge" data-edge=${edge.id}>
    <div class="panel-head">
      <h3>${edge.id}</h3>
      <span class="role">${speech.count(edge.hearing + edge.estimated)} ${words.operateHearing}</span>
    </div>
    ${edge.is_lost ? html`<p class="refusal" role="status">${words.edgeSilent}</p>` : nothing}
    <dl class="uses">
      ${use(
        words.edgeSeats,
        edge.seats === null ? speech.count(edge.admitted) : words.edgeOf(speech.count(edge.admitted), speech.count(edge.seats)),
        edge.seats === null ? null : edge.admitted / Math.max(1, edge.seats),
      )}
      ${use(words.edgeLine, lineShare === null ? words.edgeUnknown : words.edgePercent(speech.count(lineShare)), edge.line)}
      ${use(words.edgeRoom, edge.room === null ? words.edgeUnknown : words.edgeRoomAt(speech.count(edge.room), speech.count(Math.round(edge.joins_per_s))), null)}
      ${use(words.edgeLate, edge.late_ms === null ? words.edgeUnknown : words.edgeLateMs(speech.count(Math.round(edge.late_ms))), null)}
    </dl>
    ${edge.is_lost || edge.held === "none" ? nothing : html`<p class="small held" data-test="held">${heldFor(edge, words)}</p>`}
    ${edge.is_lost ? nothing : html`${ladder(edge, words)} ${forcing(house, edge, words)}`}
  </li>`;
}

/** Why newcomers wait here. */
function heldFor({ held }: EdgeTold, words: Words): string {
  const says = { seats: words.heldSeats, line: words.heldLine, joins: words.heldJoins, host: words.heldOperator, none: "" };
  return says[held];
}

function use(label: string, shown: string, share: number | null): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd>${shown}</dd>
    ${share === null
      ? nothing
      : html`<span class="share ${share >= NEARLY_FULL ? "full" : ""}" aria-hidden="true"
          ><i style="--share:${Math.min(1, share).toFixed(3)}"></i
        ></span>`}
  </div>`;
}

function ladder(edge: EdgeTold, words: Words): TemplateResult {
  const steps = taken(edge);
  const says: Record<StepName, string> = {
    paced: words.stepPaced,
    off: words.stepOff,
    low: words.stepLow,
    two: words.stepTwo,
    four: words.stepFour,
    wait: words.stepWait,
  };
  return html`<ol class="ladder" role="list" aria-label=${words.ladderOf(edge.id)}>
    <li class=${steps.size === 0 ? "here" : ""}>
      ${words.stepAll}${steps.size === 0 ? html`<span class="unseen">, ${words.stepTaken}</span>` : nothing}
    </li>
    ${STEPS.map(
      (step) =>
        html`<li class=${steps.has(step) ? "here" : ""} data-step=${step}>
          ${says[step]}${steps.has(step) ? html`<span class="unseen">, ${words.stepTaken}</span>` : nothing}
        </li>`,
    )}
  </ol>`;
}

/** Automatic is always the first choice; what is forced says so. */
function forcing(house: House, edge: EdgeTold, words: Words): TemplateResult {
  const force = (wanted: LadderWanted): void => void house.force(edge.id, wanted);
  return html`<div class="forcing">
    ${choice(words, "extras", words.forceExtras, edge.forced.includes("extras") ? edge.extras : "auto", [["on", words.forceOn], ["off", words.forceOff]], (value) =>
      force({ extras: value as "on" | "off" | "auto" }),
    )}
    ${choice(words, "rung", words.forceRung, edge.forced.includes("rung") ? edge.rung : "auto", [["high", words.forceHigh], ["low", words.forceLow]], (value) =>
      force({ rung: value as "high" | "low" | "auto" }),
    )}
    ${choice(words, "cadence", words.forceCadence, edge.forced.includes("cadence") ? String(edge.cadence) : "auto", [["1", "1"], ["2", "2"], ["4", "4"]], (value) =>
      force({ cadence: value === "auto" ? "auto" : (Number(value) as 1 | 2 | 4) }),
    )}
  </div>`;
}

function choice(
  words: Words,
  kind: string,
  label: string,
  now: string,
  values: readonly (readonly [string, string])[],
  act: (value: string) => void,
): TemplateResult {
  return html`<label class="field">
    <span>${label}${now === "auto" ? nothing : html` · <strong>${words.forced}</strong>`}</span>
    <select data-test="force-${kind}" @change=${(event: Event) => act((event.target as HTMLSelectElement).value)}>
      <option value="auto" ?selected=${now === "auto"}>${words.forceAuto}</option>
      ${values.map(([value, says]) => html`<option value=${value} ?selected=${value === now}>${says}</option>`)}
    </select>
  </label>`;
}
