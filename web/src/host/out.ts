/** Who was removed and what is banned, with the way back. */
import { html, nothing, type TemplateResult } from "lit";
import type { BanTold } from "../api/told";
import type { Desk } from "./desk";

export function out(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const { bans, members } = host.crew;
  const banned = new Set(bans.filter(({ kind }) => kind === "person").map(({ value }) => value));
  const removed = members.filter((member) => member.is_out && !banned.has(member.id));
  if (removed.length === 0 && bans.length === 0) return html``;
  return html`<section class="panel" aria-labelledby="out-title">
    <h2 id="out-title">${words.outTitle}</h2>
    <ul class="rows" role="list">
      ${removed.map(
        ({ id, name }) =>
          html`<li class="invitation" data-test="removed">
            <div class="who"><strong>${name}</strong></div>
            <button class="button small" data-test="let-back" @click=${() => void host.act("let-back", id)}>${words.letBack}</button>
          </li>`,
      )}
      ${bans.map((ban) => banned_(desk, ban))}
    </ul>
  </section>`;
}

function banned_(desk: Desk, ban: BanTold): TemplateResult | typeof nothing {
  const { words, console: host } = desk;
  const kinds = { person: words.banKindPerson, invitation: words.banKindInvitation, network: words.banKindNetwork };
  return html`<li class="invitation" data-test="banned" data-kind=${ban.kind}>
    <div class="who"><strong>${ban.name}</strong><span class="role">${kinds[ban.kind]}</span></div>
    <button class="button small" data-test="lift-ban" @click=${() => void host.liftBan(ban.kind, ban.value)}>${words.liftBan}</button>
  </li>`;
}
