/**
 * The seek bar: who spoke when in lanes, chapters as marks, the playhead; while a clip is cut, its two ends.
 *
 * Its slider is the browser's own, so keyboard, touch and screen readers work as everywhere.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { live } from "lit/directives/live.js";
import type { ReplayWords } from "../i18n/replay";
import { lasted } from "../ui/lasting";
import { hue } from "../ui/tint";
import type { Clip } from "./clip";
import { LANE_WIDTH, pathOf, type Lane } from "./lanes";
import type { Chapter } from "./record";

/** More would be hairlines; whoever speaks less has their turns in the list of people. */
const LANES_MAX = 5;
const LANE_HEIGHT = 6;

export interface BarView {
  readonly positionS: number;
  readonly durationS: number;
  readonly lanes: readonly Lane[];
  readonly names: Readonly<Record<string, string>>;
  readonly chapters: readonly Chapter[];
  readonly chapter: string;
  readonly clip: Clip | null;
  readonly words: ReplayWords;
  /** While it is dragged. */
  scrub(toS: number): void;
  seek(toS: number): void;
  moveEnd(handle: "from" | "to", toS: number): void;
}

export function bar(view: BarView): TemplateResult {
  const { positionS, durationS, words, clip } = view;
  const text = [words.replayAt(lasted(positionS * 1000), lasted(durationS * 1000)), view.chapter].filter(Boolean).join(", ");
  const share = durationS > 0 ? positionS / durationS : 0;
  return html`<div class="bar ${clip ? "clipping" : ""}" style="--at:${share.toFixed(5)}" data-test="bar">
    ${guard([view.lanes, view.chapters, Math.round(durationS)], () => drawing(view))}
    ${clip ? html`<span class="cut" style="--from:${clip.fromS / durationS};--to:${clip.toS / durationS}"></span>` : nothing}
    <input
      type="range"
      class="seek"
      data-test="seek"
      min="0"
      max=${Math.max(1, Math.round(durationS * 10) / 10)}
      step="any"
      aria-label=${words.replayPosition}
      aria-valuetext=${text}
      .value=${live(String(positionS))}
      @input=${(event: Event) => view.scrub(valueOf(event))}
      @change=${(event: Event) => view.seek(valueOf(event))}
      @keydown=${(event: KeyboardEvent) => step(event, view)}
    />
    ${clip ? html`${end("from", clip.fromS, view)} ${end("to", clip.toS, view)}` : nothing}
  </div>`;
}

function drawing({ lanes, chapters, durationS, names }: BarView): TemplateResult {
  const shown = lanes.slice(0, LANES_MAX);
  const rows = Math.max(1, shown.length);
  const durationMs = durationS * 1000;
  return html`<svg class="lanes" viewBox="0 0 ${LANE_WIDTH} ${rows * LANE_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${shown.map((lane, row) => svg`<path d=${pathOf(lane, durationMs, row * LANE_HEIGHT + LANE_HEIGHT / 2)} style="--hue:${hue(names[lane.person] ?? "")}"/>`)}
    </svg>
    ${chapters.filter(({ startMs }) => startMs > 0 && startMs < durationMs).map(({ startMs }) => html`<i class="chapter-mark" style="--at:${(startMs / durationMs).toFixed(5)}"></i>`)}`;
}

function end(handle: "from" | "to", atS: number, view: BarView): TemplateResult {
  const { words, durationS } = view;
  return html`<input
    type="range"
    class="end ${handle}"
    data-test="clip-${handle}"
    min="0"
    max=${durationS}
    step="0.1"
    aria-label=${handle === "from" ? words.clipFrom : words.clipTo}
    aria-valuetext=${lasted(atS * 1000)}
    .value=${live(String(atS))}
    @input=${(event: Event) => view.moveEnd(handle, valueOf(event))}
  />`;
}

/** With `step="any"` a browser's own steps would be a hundredth of the record. */
function step(event: KeyboardEvent, { positionS, seek }: BarView): void {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageUp: 60, PageDown: -60 };
  const by = steps[event.key];
  if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  seek(positionS + by);
}

function valueOf(event: Event): number {
  return Number((event.target as HTMLInputElement).value);
}
