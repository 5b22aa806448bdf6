/** The mark and the few icons, drawn here. All take their colour from the text around them. */
import { svg, type SVGTemplateResult } from "lit";

/** A horn of three arcs; also `favicon.svg`. */
export const mark = icon(
  32,
  svg`<path d="M9.36 11.50A7 7 0 0 1 9.36 20.50" stroke-width="3.4"/>
      <path d="M14.34 7.32A13.5 13.5 0 0 1 14.34 24.68" stroke-width="3.4"/>
      <path d="M19.32 3.14A20 20 0 0 1 19.32 28.86" stroke-width="3.4"/>`,
);
export const play = icon(24, svg`<path d="M8 5.5v13l10.5-6.5z" fill="currentColor" stroke-width="2"/>`);
export const stop = icon(24, svg`<rect x="6.5" y="6.5" width="11" height="11" rx="2" fill="currentColor" stroke="none"/>`);
export const microphone = icon(
  24,
  svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
);
export const microphoneOff = icon(
  24,
  svg`<path d="M9 9.5V11a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 10.2 5.3M18.5 11.5a6.5 6.5 0 0 1-.6 2.7M12 18v3M4 3.5l16 17"/>`,
);

function icon(size: number, shape: SVGTemplateResult): SVGTemplateResult {
  return svg`<svg class="icon" viewBox="0 0 ${size} ${size}" fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shape}</svg>`;
}
