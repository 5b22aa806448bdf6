/** The people of a record as the live page shows them, each with the way from one of their turns to the next. */
import { html, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import type { Person } from "../player/tick";
import { lasted } from "../ui/lasting";
import { next, previous } from "../ui/replay-icons";
import { stage } from "../ui/stage";
import type { Lane } from "./lanes";

const HOUR_MS = 3_600_000;

export interface VoicesView {
  readonly people: readonly Person[];
  /** Levels in dB of those who are heard. */
  readonly speaking: Readonly<Record<string, number>>;
  readonly lanes: readonly Lane[];
  readonly words: ReplaySpeech["words"];
  turn(lane: Lane, by: -1 | 1): void;
}

export function voices(view: VoicesView): TemplateResult {
  const lanes = new Map(view.lanes.map((lane) => [lane.person, lane]));
  return stage({ ...view, below: (person) => jumps(person, lanes.get(person.id), view) }, view.words);
}

function jumps({ name }: Person, lane: Lane | undefined, { words, turn }: VoicesView): TemplateResult {
  if (!lane || lane.turns.length === 0) return html``;
  return html`<span class="turn-jumps">
    <button class="round" data-test="turn-before" aria-label=${words.turnBefore(name)} @click=${() => turn(lane, -1)}>${previous}</button>
    <span class="small quiet ${lane.totalMs >= HOUR_MS ? "hours" : ""}" title=${words.turnTotal(lasted(lane.totalMs))}>${lasted(lane.totalMs)}</span>
    <button class="round" data-test="turn-after" aria-label=${words.turnAfter(name)} @click=${() => turn(lane, 1)}>${next}</button>
  </span>`;
}
