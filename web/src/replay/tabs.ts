/** What was said, three ways: brief, transcript, chapters; and in which language. */
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { ReplaySpeech } from "../i18n/replay";
import { lasted } from "../ui/lasting";
import { briefView } from "./brief-view";
import type { Library } from "./library";
import type { Chapter } from "./record";
import type { Reader } from "./reader";

export const TABS = ["brief", "transcript", "chapters"] as const;
export type Tab = (typeof TABS)[number];

export interface TabsView {
  readonly library: Library;
  readonly reader: Reader;
  readonly tab: Tab;
  readonly chapter: Chapter | null;
  readonly speech: ReplaySpeech;
  address(file: string): string;
  choose(tab: Tab): void;
  speak(language: string | null): void;
  playFrom(atMs: number): void;
}

/** Those that there is something in, or will be. */
export function tabsOf({ recording }: Library): readonly Tab[] {
  return TABS.filter((tab) => tab !== "chapters" || (recording?.chapters.length ?? 0) > 0);
}

export function tabs(view: TabsView): TemplateResult {
  const { words } = view.speech;
  const labels: Readonly<Record<Tab, string>> = { brief: words.tabBrief, transcript: words.tabTranscript, chapters: words.tabChapters };
  const there = tabsOf(view.library);
  return html`<div class="tabs">
      <div role="tablist" aria-label=${words.tabsLabel} @keydown=${(event: KeyboardEvent) => moved(event, there, view)}>
        ${there.map(
          (tab) => html`<button role="tab" id="tab-${tab}" data-test="tab-${tab}" aria-selected=${tab === view.tab} aria-controls="panel" tabindex=${tab === view.tab ? 0 : -1} @click=${() => view.choose(tab)}>${labels[tab]}</button>`,
        )}
      </div>
      ${languages(view)}
    </div>
    <div role="tabpanel" id="panel" aria-labelledby="tab-${view.tab}" tabindex="-1">${translation(view)} ${panel(view)}</div>`;
}

/** As tabs do everywhere: arrows move between them. */
function moved(event: KeyboardEvent, there: readonly Tab[], { tab, choose }: TabsView): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  event.stopPropagation();
  const next = there[(there.indexOf(tab) + by + there.length) % there.length]!;
  choose(next);
  document.getElementById(`tab-${next}`)?.focus();
}

function panel(view: TabsView): TemplateResult {
  const { library, reader, speech, playFrom } = view;
  const { transcript, brief } = library;
  switch (view.tab) {
    case "transcript":
      return transcript && transcript.turns.length > 0 ? reader.render(speech, library.recording?.chapters ?? []) : missing(library, speech, library.recording?.transcript != null);
    case "brief":
      return brief
        ? html`${guard([brief, speech.language], () => briefView({ brief, speech, playFrom, printUrl: view.address(inLanguage("brief", library.language)) }))}`
        : missing(library, speech, library.recording?.brief != null);
    case "chapters":
      return chapters(view);
  }
}

function inLanguage(name: string, language: string | null): string {
  return language === null ? `${name}.html` : `${name}.${language}.html`;
}

function missing(library: Library, { words }: ReplaySpeech, isListed: boolean): TemplateResult {
  if (!isListed) return html`<p class="quiet" data-test="words-later">${library.isAwaiting ? words.wordsLater : words.wordsNone}</p>`;
  return html`<p class="quiet">${library.hasFailed ? words.wordsFailed : library.transcript ? words.wordsNone : words.stateLoading}</p>`;
}

function chapters({ library, chapter, playFrom }: TabsView): TemplateResult {
  return html`<ol class="chapters" role="list" data-test="chapters">
    ${library.recording?.chapters.map(
      (one) => html`<li>
        <button aria-current=${one === chapter} @click=${() => playFrom(one.startMs)}>
          <span class="time">${lasted(one.startMs)}</span><span>${one.title}</span>
        </button>
      </li>`,
    )}
  </ol>`;
}

function languages({ library, speech, speak }: TabsView): TemplateResult | typeof nothing {
  const { recording, language } = library;
  if (!recording || recording.languages.length === 0) return nothing;
  const { words } = speech;
  return html`<label class="shown-in"><span class="unseen">${words.shownIn}</span>
    <select data-test="shown-in" @change=${(event: Event) => speak((event.target as HTMLSelectElement).value || null)}>
      <option value="" ?selected=${language === null}>${words.spokenLanguage(nameOf(recording.language, speech))}</option>
      ${recording.languages.map((one) => html`<option value=${one} ?selected=${one === language}>${nameOf(one, speech)}</option>`)}
    </select>
  </label>`;
}

function translation({ library, speech }: TabsView): TemplateResult | typeof nothing {
  const from = library.transcript?.translated_from ?? library.brief?.translated_from ?? null;
  return from === null ? nothing : html`<p class="machine" data-test="translation"><b>${speech.words.translatedFrom(nameOf(from, speech))}</b></p>`;
}

function nameOf(tag: string, { language }: ReplaySpeech): string {
  const name = new Intl.DisplayNames([language], { type: "language", fallback: "code" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
