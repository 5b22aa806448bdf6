/** The life of the Space: what it is doing, and the one or two moves that come next. */
import { html, nothing, type TemplateResult } from "lit";
import { detailsOf } from "../space/details";
import { spaceForm } from "../space/form";
import { help, pencil } from "../ui/host-icons";
import { lasted } from "../ui/lasting";
import { chapterNaming, markButton } from "./chapters";
import { copyField, type Desk } from "./desk";

/** The longest undo that a house may have; a clock that is wrong must not promise more. */
const UNDO_S_MAX = 60;

/** @param head how it is, in words: beside the moves where there is room. */
export function bar(desk: Desk, head: unknown): TemplateResult {
  const { words } = desk;
  const space = desk.console.space;
  if (!space) return html``;
  return html`<section class="bar ${space.state}" aria-label=${words.hostDesk}>
    <div class="now">${head}</div>
    <div class="row moves">
      ${moves(desk, space.state)} ${markButton(desk)} ${editButton(desk)}
      <button class="tool keys" aria-label=${words.keysOpen} title=${words.keysOpen} data-test="keys" @click=${() => openHelp(desk)}>${help}</button>
    </div>
    ${asked(desk)} ${chapterNaming(desk)}
    ${desk.console.refusal
      ? html`<p class="refusal" role="alert" data-test="refusal">${words.notDone(desk.console.refusal)}</p>`
      : nothing}
    ${form(desk)}
  </section>`;
}

/** What can still be said about it; what is over stays as it was. */
const EDITABLE = new Set(["scheduled", "green_room", "on_air", "paused"]);
const BEFORE_THE_AIR = new Set(["scheduled", "green_room"]);

function editButton(desk: Desk): TemplateResult | typeof nothing {
  const { words, ui, console: host } = desk;
  const space = host.space;
  if (!space || !EDITABLE.has(space.state)) return nothing;
  const toggle = (event: Event): void => {
    const page = (event.currentTarget as HTMLElement).closest(".page");
    ui.editing = ui.editing ? null : detailsOf(space);
    desk.redraw();
    if (ui.editing) setTimeout(() => page?.querySelector<HTMLElement>("[data-test=new-title]")?.focus());
  };
  return html`<button class="button small quiet" aria-expanded=${ui.editing !== null} data-test="edit" @click=${toggle}>
    ${pencil}${words.detailsEdit}
  </button>`;
}

function form(desk: Desk): TemplateResult | typeof nothing {
  const { words, ui, console: host } = desk;
  const before = ui.editing;
  const space = host.space;
  if (before === null || !space || !EDITABLE.has(space.state)) return nothing;
  const close = (): void => {
    ui.editing = null;
    desk.redraw();
  };
  return html`<div class="editing">
    ${spaceForm({
      words,
      language: desk.speech.language,
      before,
      isNew: false,
      hasDate: BEFORE_THE_AIR.has(space.state),
      send: (details) => void host.change(before, details).then((isDone) => isDone && close()),
      close,
    })}
    ${copyField(desk, { label: space.is_private ? words.privateLink : words.listenerLink, url: space.links.listen, test: "edit-link" })}
  </div>`;
}

function openHelp(desk: Desk): void {
  desk.ui.isHelpOpen = true;
  desk.redraw();
}

/** What the Space is doing, for the page's head. */
export function stateTag(desk: Desk): TemplateResult | typeof nothing {
  const { words } = desk;
  const space = desk.console.space;
  if (!space) return nothing;
  const says: Record<string, string> = {
    scheduled: words.isScheduled,
    green_room: words.inGreenRoom,
    on_air: space.on_air_ms ? words.onAirFor(lasted(desk.nowMs - space.on_air_ms)) : words.onAir,
    paused: words.pausedByHosts,
    ending: words.isEnding,
  };
  return html`<span class="tag ${space.state}" data-test="space-state">${says[space.state] ?? words.ended}</span>`;
}

function moves(desk: Desk, state: string): TemplateResult | typeof nothing {
  const { words, console: host } = desk;
  const move = (then: string) => (): void => void host.move(then);
  const end = html`<button class="button danger" data-test="end" @click=${move("ended")}>${words.end}</button>`;
  switch (state) {
    case "scheduled":
      return html`<button class="button primary" data-test="green-room" @click=${move("green_room")}>${words.openGreenRoom}</button>
        <span class="quiet small">${words.openGreenRoomHint}</span>`;
    case "green_room":
      return html`<button class="button primary" data-test="on-air" @click=${move("on_air")}>${words.goOnAir}</button>
        <span class="quiet small">${words.goOnAirHint}</span>`;
    case "on_air":
      return html`<button class="button" data-test="pause" @click=${move("paused")}>${words.pause}</button>
        ${end}`;
    case "paused":
      return html`<button class="button primary" data-test="on-air" @click=${move("on_air")}>${words.resume}</button>
        ${end}`;
    case "ending":
      return ending(desk);
    case "ended":
      return record(desk);
    default:
      return nothing;
  }
}

/** What is left of it. */
function record({ words, console: host }: Desk): TemplateResult | typeof nothing {
  const space = host.space;
  if (!space?.is_recorded || space.on_air_ms === null) return nothing;
  return html`<a class="button primary" data-test="record" href="/record/${encodeURIComponent(space.id)}">${words.recordOpen}</a>`;
}

/** The end can be taken back for some seconds: a bar that runs out, and one large button. */
function ending(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const leftS = Math.min(UNDO_S_MAX, Math.max(0, ((host.space?.over_at_ms ?? 0) - desk.nowMs) / 1000));
  const part = Math.min(1, leftS / Math.max(1, host.undoS));
  return html`<div class="ends">
    <p role="status" data-test="ending">${words.endingIn(String(Math.ceil(leftS)))}</p>
    <div class="runs-out" aria-hidden="true"><span style="--part:${part.toFixed(3)}"></span></div>
    <button class="button primary big" data-test="end-undo" @click=${() => void host.move(host.beforeEnding)}>${words.endUndo}</button>
  </div>`;
}

/** Two people must want the end of a Space with a large audience. */
function asked(desk: Desk): TemplateResult | typeof nothing {
  const { words, console: host } = desk;
  const wish = host.space?.end_asked;
  if (!wish || host.space?.state === "ending") return nothing;
  const who = host.member(wish.by)?.name ?? wish.by;
  const says = wish.by === desk.me || host.askedToEnd ? words.endNeedsTwo : words.endAskedBy(who);
  return html`<p class="asked" role="alert" data-test="end-asked">${says}</p>`;
}
