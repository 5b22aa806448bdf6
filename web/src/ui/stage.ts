/** The people on stage: round portraits whose rings breathe while they speak. */
import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import type { SharedWords } from "../i18n/en/shared";
import type { Person } from "../player/tick";
import { microphoneOff } from "./icons";
import { hue, initials, ringSize } from "./tint";

export interface StageView {
  readonly people: readonly Person[];
  /** Levels in dB of those who are heard now. */
  readonly speaking: Readonly<Record<string, number>>;
  /** The person who looks at this page, on the speaker's page. */
  readonly me?: string;
  /** What stands below a person, such as buttons that take one to their words. */
  below?(person: Person): TemplateResult;
}

export function stage(view: StageView, words: SharedWords): TemplateResult {
  return html`<section class="stage" aria-label=${words.onStage}>
    ${view.people.length === 0
      ? html`<p class="quiet">${words.stageEmpty}</p>`
      : html`<ul role="list">
          ${repeat(view.people, ({ id }) => id, (person) => portrait(person, view, words))}
        </ul>`}
  </section>`;
}

function portrait(person: Person, view: StageView, words: SharedWords): TemplateResult {
  const level = person.muted || person.away ? undefined : view.speaking[person.id];
  const isSpeaking = level !== undefined;
  const style = { "--hue": String(hue(person.name)), "--level": isSpeaking ? ringSize(level).toFixed(2) : "0" };
  return html`<li
    class=${classMap({ person: true, speaking: isSpeaking, host: person.role === "host", away: person.away === true })}
    data-test="person"
    data-person=${person.id}
    data-speaking=${isSpeaking}
    style=${styleMap(style)}
  >
    <div class="portrait" aria-hidden="true">
      <span class="ring"></span><span class="ring outer"></span>
      <span class="face">${initials(person.name)}</span>
      ${person.muted ? html`<span class="badge">${microphoneOff}</span>` : nothing}
    </div>
    <span class="name" title=${person.name}>${person.name}</span>
    <span class="role">${roleName(person, words)}${person.id === view.me ? html` · ${words.you}` : nothing}</span>
    ${person.away ? html`<span class="role gone">${words.away}</span>` : nothing}
    ${person.muted ? html`<span class="unseen">${words.muted}</span>` : nothing}
    ${isSpeaking ? html`<span class="unseen">${words.speaks(person.name)}</span>` : nothing} ${view.below?.(person) ?? nothing}
  </li>`;
}

export function roleName(person: Pick<Person, "source"> & { readonly role: string }, words: SharedWords): string {
  if (person.source) return words.roleSource;
  return person.role === "host" ? words.roleHost : person.role === "cohost" ? words.roleCohost : words.roleSpeaker;
}
