/** Who wants to speak, in the order in which they asked. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { MemberTold } from "../api/told";
import { lasted } from "../ui/lasting";
import { hue, initials } from "../ui/tint";
import type { Desk } from "./desk";

export function line(desk: Desk): TemplateResult {
  const { words } = desk;
  const waiting = desk.console.line;
  return html`<section class="panel" aria-labelledby="line-title">
    <h2 id="line-title">${words.lineTitle} <span class="figure" data-test="line-count">${desk.speech.count(waiting.length)}</span></h2>
    ${waiting.length === 0
      ? html`<p class="quiet">${words.lineEmpty}</p>`
      : html`<ol class="rows" role="list">
          ${repeat(waiting, ({ id }) => id, (member, i) => request(desk, member, i + 1))}
        </ol>`}
  </section>`;
}

function request(desk: Desk, member: MemberTold, place: number): TemplateResult {
  const { words, console: host } = desk;
  const { id, name, note } = member;
  const since = member.asked_ms === null ? "" : words.lineSince(lasted(desk.nowMs - member.asked_ms));
  return html`<li class="request" data-test="request" data-person=${id} style="--hue:${hue(name)}">
    <span class="place" aria-hidden="true">${place}</span>
    <span class="face tiny" aria-hidden="true">${initials(name)}</span>
    <div class="who">
      <strong>${name}</strong>
      ${note ? html`<q>${note}</q>` : nothing}
      <span class="role">${since}</span>
    </div>
    <div class="row answers">
      <button class="button small primary" data-test="accept" aria-label=${words.lineAcceptName(name)} @click=${() => void host.act("accept", id)}>
        ${words.lineAccept}
      </button>
      <button class="button small" data-test="decline" aria-label=${words.lineDeclineName(name)} @click=${() => void host.act("decline", id)}>
        ${words.lineDecline}
      </button>
    </div>
  </li>`;
}
