/** Icons of the replay and of captions, drawn here. */
import { svg, type SVGTemplateResult } from "lit";
import { icon } from "./icons";

export const pause = icon(24, svg`<path d="M8.5 6v12M15.5 6v12" stroke-width="4"/>`);
export const back15 = icon(24, svg`<path d="M5 4v4h4"/><path d="M5.6 8A8.2 8.2 0 1 1 3.8 13"/>${fifteen()}`);
export const ahead15 = icon(24, svg`<path d="M19 4v4h-4"/><path d="M18.4 8A8.2 8.2 0 1 0 20.2 13"/>${fifteen()}`);
export const chapterBack = icon(24, svg`<path d="M18 6v12l-9-6z" fill="currentColor"/><path d="M6 6v12"/>`);
export const chapterNext = icon(24, svg`<path d="M6 6v12l9-6z" fill="currentColor"/><path d="M18 6v12"/>`);
export const previous = icon(24, svg`<path d="M14.5 6l-6 6 6 6"/>`);
export const next = icon(24, svg`<path d="M9.5 6l6 6-6 6"/>`);
export const share = icon(24, svg`<path d="M12 3v12M7.5 7L12 3l4.5 4M6 11.5H5V21h14v-9.5h-1"/>`);
export const scissors = icon(24, svg`<circle cx="6" cy="6.5" r="2.8"/><circle cx="6" cy="17.5" r="2.8"/><path d="M8.3 8.2L20 17M8.3 15.8L20 7"/>`);
export const download = icon(24, svg`<path d="M12 3v12M7 10.5l5 5 5-5M4 20.5h16"/>`);
export const silence = icon(24, svg`<path d="M3 10v4M6.5 7v10M17.5 7v10M21 10v4"/><path d="M10 12h.01M14 12h.01" stroke-width="2.6"/>`);
export const captions = icon(24, svg`<rect x="2.5" y="5" width="19" height="14" rx="3"/><path d="M6.5 11h5M14.5 11h3M6.5 15h3M12.5 15h5"/>`);
export const rewind = icon(24, svg`<path d="M20 6v12l-8-6zM11 6v12l-8-6z" fill="currentColor"/>`);

function fifteen(): SVGTemplateResult {
  return svg`<text x="12" y="16.4" text-anchor="middle" font-size="8" font-weight="700" fill="currentColor" stroke="none">15</text>`;
}
