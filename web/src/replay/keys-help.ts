/** Which key does what, at the page's end. */
import { html, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import { KEYS } from "./keys";

export function keysHelp({ words }: ReplaySpeech): TemplateResult {
  const names: Readonly<Record<string, string>> = { " ": words.keySpace, arrowleft: "←", arrowright: "→" };
  const all: Readonly<Record<string, unknown>> = words;
  return html`<details class="more keys">
    <summary>${words.replayKeys}</summary>
    <dl>
      ${Object.entries(KEYS).map(([key, deed]) => html`<div><dt><kbd>${names[key] ?? key}</kbd></dt><dd>${all[`deed_${deed}`]}</dd></div>`)}
    </dl>
  </details>`;
}
