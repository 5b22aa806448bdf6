/** The audience: how many hear it now and did over time, and how it reaches them. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { timeOf } from "../i18n/dates";
import type { Desk } from "./desk";
import { nearest, plot } from "./plot";
import { most } from "./series";

const WIDTH = 600;
const HEIGHT = 150;
/** What one more chunk per write adds to the delay, at the most. */
const CHUNK_S = 0.64;

export function audience(desk: Desk): TemplateResult {
  const { words, speech, console: host } = desk;
  const { figures } = host;
  return html`<section class="panel audience" aria-labelledby="audience-title">
    <h2 id="audience-title">${words.audienceTitle}</h2>
    ${figures === null && host.series.points.length === 0
      ? html`<p class="quiet">${words.audienceNone}</p>`
      : html`<p class="hearing"><strong data-test="hearing">${speech.count(figures?.hearing ?? 0)}</strong> ${words.audienceHearing}</p>
          ${graph(desk)}
          <dl class="figures">
            ${figure(words.audienceAdmitted, figures && speech.count(figures.admitted))}
            ${figure(words.audienceArrived, figures && speech.count(figures.arrived))}
            ${figure(words.audienceHands, figures && speech.count(figures.hands ?? 0))}
          </dl>
          ${figures?.unknown
            ? html`<p class="refusal small">${words.audienceUnknown(figures.unknown, speech.count(figures.unknown))}</p>`
            : nothing}`}
    <h3>${words.ladderTitle}</h3>
    ${ladder(desk).map((says) => html`<p class="small" data-test="ladder">${says}</p>`)}
  </section>`;
}

function figure(label: string, shown: string | null): TemplateResult {
  return html`<div><dt>${label}</dt><dd>${shown ?? "–"}</dd></div>`;
}

function graph(desk: Desk): TemplateResult | typeof nothing {
  const { words, speech, console: host, ui } = desk;
  const { points } = host.series;
  if (points.length < 2) return nothing;
  const drawn = plot(points, { width: WIDTH, height: HEIGHT });
  const peak = most(host.series);
  const looked = ui.lookedAtMs === null ? null : points.find(({ atMs }) => atMs === ui.lookedAtMs);
  const at = (ms: number): string => timeOf(ms, speech.language);
  const look = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    ui.lookedAtMs = nearest(points, (event.clientX - box.left) / box.width)?.atMs ?? null;
    desk.redraw();
  };
  const lookAway = (): void => {
    ui.lookedAtMs = null;
    desk.redraw();
  };
  const count = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : speech.count(value));
  return html`<figure class="graph">
    <div class="levels" aria-hidden="true">
      ${drawn.levels.map(({ y, value }) => html`<span style="--y:${((y / HEIGHT) * 100).toFixed(1)}%">${speech.count(value)}</span>`)}
    </div>
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${words.audienceGraph(count(points.at(-1)?.hearing), count(peak?.hearing))}
      @pointermove=${look}
      @pointerleave=${lookAway}
    >
      ${drawn.levels.map(({ y }) => svg`<line class="level" x1="0" x2=${WIDTH} y1=${y} y2=${y}></line>`)}
      ${drawn.areas.map((d) => svg`<path class="area" d=${d}></path>`)}
      ${drawn.lines.map((d) => svg`<path class="line" d=${d}></path>`)}
    </svg>
    <div class="times" aria-hidden="true">
      ${drawn.times.map(({ x, atMs }) => html`<span style="--x:${((x / WIDTH) * 100).toFixed(1)}%">${at(atMs)}</span>`)}
    </div>
    <figcaption class="small">
      ${looked ? html`${at(looked.atMs)} · ${count(looked.hearing)}` : peak ? words.audienceMost(count(peak.hearing), at(peak.atMs)) : nothing}
    </figcaption>
  </figure>`;
}

/** What has given way, in the ladder's own order; one sentence each. */
export function ladder(desk: Pick<Desk, "words" | "speech" | "console">): string[] {
  const { words, speech } = desk;
  const { figures } = desk.console;
  if (!figures) return [words.ladderUnknown];
  const says = [
    figures.extras === "off" ? words.ladderExtras : "",
    figures.rung === "low" ? words.ladderRung : "",
    (figures.cadence ?? 1) > 1 ? words.ladderCadence(speech.seconds(((figures.cadence ?? 1) - 1) * CHUNK_S)) : "",
  ].filter((sentence) => sentence !== "");
  return says.length ? says : [words.ladderAll];
}
