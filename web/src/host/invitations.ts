/** Invitations: made, copied, counted, revoked. A link is told once; this page keeps those it made until it is closed. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { InvitationTold } from "../api/told";
import { roleName } from "../ui/stage";
import { copyField, twice, type Desk } from "./desk";

const USES_MAX = 500;

export function invitations(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  // What was made here a moment ago stands first: its link is wanted now.
  const valid = host.invitations.filter(({ is_revoked }) => !is_revoked);
  const shown = [...valid.filter(({ id }) => host.links.has(id)), ...valid.filter(({ id }) => !host.links.has(id))];
  return html`<section class="panel" aria-labelledby="invitations-title">
    <h2 id="invitations-title">${words.invitationsTitle}</h2>
    ${host.space ? copyField(desk, { label: host.space.is_private ? words.privateLink : words.listenerLink, url: host.space.links.listen, test: "listen-url" }) : nothing}
    ${forOne(desk)} ${forMany(desk)}
    ${shown.length === 0
      ? html`<p class="quiet">${words.inviteNone}</p>`
      : html`<ul class="rows" role="list">
          ${repeat(shown, ({ id }) => id, (invitation) => one(desk, invitation))}
        </ul>`}
  </section>`;
}

function forOne(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const make = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const wanted = new FormData(form);
    const role = String(wanted.get("role"));
    const isSource = role === "source";
    const invited = role === "cohost" ? "cohost" : "speaker";
    void host.invite({ role: invited, name: String(wanted.get("name")), is_source: isSource });
    form.reset();
  };
  return html`<form class="invite" @submit=${make}>
    <label class="field"><span>${words.inviteOne}</span>
      <input name="name" required maxlength="60" autocomplete="off" placeholder=${words.inviteName} data-test="invite-name" /></label>
    <label class="field"><span>${words.inviteRole}</span>
      <select name="role" data-test="invite-role">
        <option value="speaker">${words.roleSpeaker}</option>
        <option value="cohost">${words.roleCohost}</option>
        <option value="source">${words.inviteSource}</option>
      </select></label>
    <button class="button" data-test="invite">${words.inviteMake}</button>
  </form>`;
}

function forMany(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const make = (event: SubmitEvent): void => {
    event.preventDefault();
    const uses = Number(new FormData(event.currentTarget as HTMLFormElement).get("uses"));
    void host.invite({ role: "speaker", name: words.inviteSharedName, uses_max: uses });
  };
  return html`<form class="invite many" @submit=${make}>
    <label class="field"><span>${words.inviteMany}</span>
      <input name="uses" type="number" required min="2" max=${USES_MAX} value="10" aria-label=${words.inviteUses} data-test="invite-uses" /></label>
    <button class="button" data-test="invite-many">${words.inviteMake}</button>
  </form>`;
}

function one(desk: Desk, invitation: InvitationTold): TemplateResult {
  const { words, speech, console: host } = desk;
  const { id, name } = invitation;
  const link = host.links.get(id);
  const used = invitation.is_shared
    ? words.inviteUsed(speech.count(invitation.uses ?? 0), speech.count(invitation.uses_max ?? 1))
    : invitation.uses
      ? words.inviteOpened
      : words.inviteNotOpened;
  const role = invitation.is_source ? words.personSource : roleName(invitation, words);
  return html`<li class="invitation" data-test="invitation">
    <div class="who"><strong>${name}</strong><span class="role">${role} · ${used}</span></div>
    ${invitation.role === "host"
      ? // Whoever leads would lock themselves out: the host's link is made anew at the stage door's front page.
        nothing
      : twice(desk, {
          key: `revoke-${id}`,
          test: "revoke",
          label: words.inviteRevoke,
          look: "small quiet",
          ask: words.inviteRevokeAsk,
          yes: words.inviteRevokeYes,
          act: () => void host.revoke(id),
        })}
    ${link && !invitation.is_source
      ? copyField(desk, { label: words.inviteLinkOf(name), url: link, test: "invitation-link" })
      : nothing}
    ${link && invitation.is_source ? encoder(desk, link) : nothing}
  </li>`;
}

/** What an encoder is told: where, and by which word it is known. */
function encoder(desk: Desk, link: string): TemplateResult {
  const { words, console: host } = desk;
  const token = link.split("/").at(-1) ?? "";
  const id = encodeURIComponent(host.door.spaceId);
  return html`${copyField(desk, { label: words.sourceWhip, url: `${location.origin}/whip/${id}`, test: "source-whip" })}
  ${copyField(desk, { label: words.sourcePut, url: `${location.origin}/source/${id}`, test: "source-put" })}
  ${copyField(desk, { label: words.sourceToken, url: token, test: "source-token" })}`;
}
