/** The doors: who waits and why, how fast they come in, and the host's word about it. Nobody who is in is ever sent out. */
import { html, nothing, type TemplateResult } from "lit";
import type { DoorsTold, LineNow } from "../api/told";
import { LINE } from "../i18n/line";
import { Speech } from "../i18n/language";
import { numbers, range } from "../line/said";
import type { Desk, DeskWords } from "./desk";

const ORDERS = ["auto", "held", "open"] as const;
const CAP_MAX = 100_000_000;

export function doors(desk: Desk): TemplateResult | typeof nothing {
  const { words, console: host } = desk;
  const told = host.doors;
  if (told === null) return nothing;
  return html`<section class="panel doors" aria-labelledby="doors-title" data-test="doors">
    <h2 id="doors-title">${words.doorsTitle}</h2>
    <p data-test="doors-are">${sentence(told.now, words)}</p>
    ${told.now ? figures(desk, told.now) : nothing} ${orders(desk, told)} ${cap(desk, told)}
  </section>`;
}

function sentence(now: LineNow | null, words: DeskWords): string {
  if (now === null) return words.doorsUnknown;
  const held = {
    seats: words.doorsHeldSeats,
    line: words.doorsHeldLine,
    joins: words.doorsHeldJoins,
    host: words.doorsHeldHost,
    none: words.doorsHeldNone,
  };
  const are = { lobby: words.doorsLobby, open: words.doorsOpen, over: words.doorsOver, held: held[now.why] };
  return are[now.doors];
}

function figures(desk: Desk, now: LineNow): TemplateResult {
  const { words, speech, console: host } = desk;
  const turnedAway = host.figures?.turned_away;
  return html`<dl class="figures">
    ${figure(now.doors === "lobby" ? words.doorsDrawn : words.doorsWaiting, speech.count(now.waiting), "doors-waiting")}
    ${figure(words.doorsWait, waitOf(desk, now), "doors-wait")}
    ${figure(words.doorsRate, now.doors === "held" ? speech.seconds(now.admits_per_s) : "–", "doors-rate")}
    ${figure(words.doorsRoom, speech.count(now.room), "doors-room")}
    ${turnedAway === undefined ? nothing : figure(words.doorsTurnedAway, speech.count(turnedAway), "doors-turned-away")}
  </dl>`;
}

function figure(label: string, shown: string, test: string): TemplateResult {
  return html`<div><dt>${label}</dt><dd data-test=${test}>${shown}</dd></div>`;
}

/** Of somebody who comes now. */
function waitOf({ speech }: Desk, { doors, wait_low_s: lowS, wait_high_s: highS }: LineNow): string {
  if (doors !== "held" || lowS === null || highS === null) return "–";
  return range([lowS, highS], numbers(new Speech(speech.language, LINE[speech.language])));
}

/** Three states of one switch; the first is the house's own. */
function orders(desk: Desk, { doors: now }: DoorsTold): TemplateResult {
  const { words, console: host } = desk;
  const says = { auto: words.doorsAuto, held: words.doorsHold, open: words.doorsLetIn };
  const hints = { auto: words.doorsAutoHint, held: words.doorsHoldHint, open: words.doorsLetInHint };
  return html`<div class="orders" role="group" aria-label=${words.doorsTitle}>
      ${ORDERS.map(
        (order) =>
          html`<button class="button small" aria-pressed=${order === now} data-test="doors-${order}" @click=${() => void host.orderDoors({ doors: order })}>
            ${says[order]}
          </button>`,
      )}
    </div>
    <p class="small quiet">${hints[now]}</p>`;
}

function cap(desk: Desk, { listeners_max: now }: DoorsTold): TemplateResult {
  const { words, console: host } = desk;
  const change = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const wanted = input.value === "" ? null : input.valueAsNumber;
    if (!input.reportValidity() || wanted === now) return;
    void host.orderDoors({ listeners_max: wanted });
  };
  return html`<label class="field cap">
    <span>${words.doorsCap}</span>
    <input
      type="number"
      inputmode="numeric"
      min="0"
      max=${CAP_MAX}
      step="1"
      placeholder=${words.doorsCapNone}
      data-test="doors-cap"
      .value=${now === null ? "" : String(now)}
      @change=${change}
    />
  </label>`;
}
