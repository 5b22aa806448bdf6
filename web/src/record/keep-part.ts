/** Files to take along; who has the record and how long; whose voice is in it; the end of it. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { copyField, twice } from "../host/desk";
import { remove as removeIcon, undo } from "../ui/host-icons";
import { hue, initials } from "../ui/tint";
import { filesPart } from "./files-part";
import type { Drawn, Table } from "./table";
import type { RecordedPerson, RecordTold } from "./told";

export function keepPart(table: Table): Drawn {
  const { record } = table.desk;
  if (!record) return nothing;
  return html`${filesPart(table, record)} ${keeping(table, record)} ${people(table, record)}`;
}

function keeping(table: Table, record: RecordTold): Drawn {
  const { words, desk } = table;
  const { space } = desk;
  const until = record.keep_until_ms;
  const setDate = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    if (!Number.isNaN(valueAsNumber)) void desk.keepUntil(endOfDay(valueAsNumber));
  };
  return html`<section class="panel" aria-labelledby="keeping-title">
    <h2 id="keeping-title">${words.recKeeping}</h2>
    <label class="check"
      ><input
        type="checkbox"
        data-test="published"
        .checked=${live(record.is_published)}
        @change=${(event: Event) => void desk.publish((event.target as HTMLInputElement).checked)}
      /><span>${words.recPublished}</span></label
    >
    <p class="quiet small">${words.recPublishedHint}</p>
    <div class="keep-until">
      <label class="field"><span>${words.recKeepUntil}</span>
        <input type="date" data-test="keep-until" min=${dateOf(table.nowMs + DAY_MS)} .value=${live(until === null ? "" : dateOf(until))} @change=${setDate} /></label>
      <label class="check"
        ><input
          type="checkbox"
          data-test="keep-ever"
          .checked=${live(until === null)}
          ?disabled=${until === null}
          @change=${() => void desk.keepUntil(null)}
        /><span>${words.recKeepEver}</span></label
      >
    </div>
    ${record.is_published && !space?.is_private
      ? html`${copyField(table, { label: words.recFeed, url: new URL("/feed.xml", record.listen_url).href, test: "feed" })}
          <p class="quiet small">${words.recFeedHint}</p>`
      : nothing}
    ${space?.state === "ended" && !record.is_unwanted ? deleting(table) : nothing}
  </section>`;
}

function deleting(table: Table): Drawn {
  const { words, desk } = table;
  return html`<div class="delete">
      ${twice(table, {
        key: "delete-record",
        label: words.recDelete,
        ask: words.recDeleteAsk,
        yes: words.recDeleteYes,
        look: "danger",
        act: () => void desk.remove(),
      })}
    </div>`;
}

function people(table: Table, record: RecordTold): Drawn {
  const { words } = table;
  if (record.people.length === 0 && record.removed.length === 0) return nothing;
  return html`<section class="panel" aria-labelledby="voices-title">
    <h2 id="voices-title">${words.recPeople}</h2>
    <p class="quiet small">${words.recPeopleHint}</p>
    <ul class="rows" role="list">
      ${record.people.map((person) => personRow(table, record, person))}
    </ul>
  </section>`;
}

function personRow(table: Table, record: RecordTold, { id, name }: RecordedPerson): Drawn {
  const { words, desk } = table;
  const isLeaving = record.removing.includes(id);
  const isGone = record.removed.includes(id) && !isLeaving;
  const isOwn = record.withdrawn.includes(id);
  const leaves = isOwn ? words.recPersonLeaving : words.recPersonRemoving;
  const says = isGone ? words.recPersonRemoved : isLeaving ? leaves : null;
  return html`<li class="request voice" data-test="voice" data-person=${id} data-removed=${isGone ? "done" : isLeaving ? "waits" : "no"}>
    <span class="face tiny" style="--hue:${hue(name)}" aria-hidden="true">${initials(name)}</span>
    <div class="who"><strong>${name}</strong>${says ? html`<span class="role" role="status">${says}</span>` : nothing}</div>
    ${isGone
      ? nothing
      : isLeaving && isOwn
        ? nothing
        : isLeaving
        ? html`<button class="button small" data-test="keep-person" @click=${() => void desk.keepPerson(id)}>${undo}${words.recPersonKeep}</button>`
        : html`<button
            class="button small quiet"
            data-test="remove-person"
            aria-label=${words.recPersonRemove(name)}
            @click=${() => void desk.removePerson(id, name)}
          >
            ${removeIcon}${words.recPersonRemoveGo}
          </button>`}
  </li>`;
}

const DAY_MS = 86_400_000;

/** As a date field writes it, in this machine's time. */
function dateOf(ms: number): string {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The day that was chosen is still a day on which it is there. @param utcMs midnight of the day, as a date field gives it */
function endOfDay(utcMs: number): number {
  const at = new Date(utcMs);
  return new Date(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1).getTime();
}
