/** The stage as people: rings, and beside each person what can be done with one tap. */
import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";
import type { MemberTold } from "../api/told";
import { back, crown, dots, lock, lockOpen, prohibit, remove, star, toAudience } from "../ui/host-icons";
import { microphone, microphoneOff } from "../ui/icons";
import { roleName } from "../ui/stage";
import { hue, initials, ringSize } from "../ui/tint";
import { twice, type Desk } from "./desk";

export function people(desk: Desk): TemplateResult {
  const { words } = desk;
  const crew = desk.console.crew.members.filter((member) => member.role !== "listener" && !member.is_out);
  const here = crew.filter((member) => member.is_here || member.is_away);
  const missing = crew.filter((member) => !member.is_here && !member.is_away);
  return html`<section class="panel people" aria-labelledby="people-title">
    <div class="panel-head">
      <h2 id="people-title">${words.onStage} <span class="figure">${desk.speech.count(here.length)}</span></h2>
      ${here.length > 1 ? everybody(desk) : nothing}
    </div>
    ${here.length === 0
      ? html`<p class="quiet">${words.nobodyOnStage}</p>`
      : html`<ul role="list">
          ${repeat(here, ({ id }) => id, (member) => person(desk, member))}
        </ul>`}
    ${missing.length
      ? html`<p class="quiet small" data-test="missing">${words.invitedNotHere(missing.map(({ name }) => name).join(", "))}</p>`
      : nothing}
  </section>`;
}

/** Both are taken back by one press, so neither asks. */
function everybody(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  return html`<div class="row">
    <button class="button small" data-test="mute-all" @click=${() => void host.muteAll(false)}>${microphoneOff}${words.muteAll}</button>
    <button class="tool" aria-label=${words.lockAll} title=${words.lockAll} data-test="lock-all" @click=${() => void host.muteAll(true)}>
      ${lock}
    </button>
  </div>`;
}

function person(desk: Desk, member: MemberTold): TemplateResult {
  const { words } = desk;
  const isMuted = member.silence !== "none";
  const level = isMuted ? undefined : desk.speaking[member.id];
  const style = { "--hue": String(hue(member.name)), "--level": level === undefined ? "0" : ringSize(level).toFixed(2) };
  return html`<li
    class=${classMap({ seat: true, speaking: level !== undefined, away: member.is_away })}
    data-test="seat"
    data-person=${member.id}
    data-silence=${member.silence}
    style=${styleMap(style)}
  >
    <div class="portrait" aria-hidden="true">
      <span class="ring"></span><span class="ring outer"></span>
      <span class="face">${initials(member.name)}</span>
      ${isMuted ? html`<span class="badge">${member.silence === "locked" ? lock : microphoneOff}</span>` : nothing}
    </div>
    <div class="who">
      <strong>${member.name}</strong>
      <span class="role">${facts(desk, member).join(" · ")}</span>
      ${level === undefined ? nothing : html`<span class="unseen">${words.speaks(member.name)}</span>`}
    </div>
    ${member.id === desk.me ? nothing : controls(desk, member)}
    ${desk.ui.menu === member.id ? menu(desk, member) : nothing}
  </li>`;
}

function facts(desk: Desk, member: MemberTold): string[] {
  const { words } = desk;
  return [
    member.is_source ? words.personSource : roleName(member, words),
    member.id === desk.me ? words.you : "",
    member.id === desk.console.crew.lead && member.role !== "host" ? words.leads : "",
    member.silence === "locked" ? words.personLocked : member.silence === "muted" ? words.muted : "",
    member.is_away ? words.personAway : "",
  ].filter((fact) => fact !== "");
}

function controls(desk: Desk, member: MemberTold): TemplateResult {
  const { words, console: host } = desk;
  const { id, name, silence } = member;
  const isLocked = silence === "locked";
  const isHost = member.role === "host";
  const button = (label: string, icon: unknown, test: string, act: () => void, isOn = false): TemplateResult =>
    html`<button class="tool" type="button" aria-label=${label} title=${label} aria-pressed=${isOn} data-test=${test} @click=${act}>
      ${icon}
    </button>`;
  const isOpen = desk.ui.menu === id;
  const toggle = (): void => {
    desk.ui.menu = isOpen ? null : id;
    desk.ui.asking = null;
    desk.redraw();
  };
  return html`<div class="tools">
    ${silence === "none"
      ? button(words.personMute(name), microphone, "seat-mute", () => void host.act("mute", id))
      : button(words.personUnmute(name), microphoneOff, "seat-unmute", () => void host.act("unmute", id), true)}
    ${button(
      isLocked ? words.personUnlock(name) : words.personLock(name),
      isLocked ? lock : lockOpen,
      "seat-lock",
      () => void host.act(isLocked ? "mute" : "lock", id),
      isLocked,
    )}
    ${isHost
      ? nothing
      : html`${button(words.personAudience(name), toAudience, "seat-audience", () => void host.act("audience", id))}
          ${button(words.personRemove(name), remove, "seat-remove", () => void host.act("remove", id))}
          <button
            class="tool"
            type="button"
            aria-label=${words.personMore(name)}
            title=${words.personMore(name)}
            aria-expanded=${isOpen}
            data-test="seat-more"
            @click=${toggle}
          >
            ${dots}
          </button>`}
  </div>`;
}

function menu(desk: Desk, member: MemberTold): TemplateResult {
  const { words, console: host, ui } = desk;
  const { id, name } = member;
  const close = (act: () => Promise<void>) => (): void => {
    ui.menu = null;
    void act();
  };
  const mine = host.member(desk.me ?? "");
  const isLeader = desk.me === null || mine?.role === "host" || host.crew.lead === desk.me;
  return html`<div class="menu" data-test="seat-menu">
    ${isLeader && !member.is_source
      ? member.role === "cohost"
        ? html`<button class="button small" data-test="make-speaker" @click=${close(() => host.role(id, "speaker"))}>${words.makeSpeaker}</button>`
        : html`<button class="button small" data-test="make-cohost" @click=${close(() => host.role(id, "cohost"))}>${star}${words.makeCohost}</button>`
      : nothing}
    ${member.is_source
      ? nothing
      : html`<button class="button small" data-test="put-back" @click=${close(() => host.act("put-back", id))}>${back}${words.putBackInLine}</button>`}
    ${isLeader && !member.is_source
      ? twice(desk, {
          key: `hand-over-${id}`,
          test: "hand-over",
          label: html`${crown}${words.handOver}`,
          look: "small",
          ask: words.handOverAsk(name),
          yes: words.handOverYes,
          act: close(() => host.act("host", id)),
        })
      : nothing}
    ${twice(desk, {
      key: `ban-${id}`,
      test: "ban",
      label: html`${prohibit}${words.banPerson}`,
      look: "small danger",
      ask: words.banAsk(name),
      yes: words.banYes,
      act: close(() => host.ban(id, { invitation: true, network: ui.banNetwork })),
      more: html`<label class="check"
        ><input type="checkbox" data-test="ban-network" .checked=${ui.banNetwork} @change=${() => (ui.banNetwork = !ui.banNetwork)} /><span
          >${words.banNetworkToo}</span
        ></label
      >`,
    })}
  </div>`;
}
