/** The list of a text's versions, and what is said while an older one is looked at. */
import { html, nothing } from "lit";
import { whenOf, type Drawn, type Table } from "./table";
import type { VersionList } from "./version-list";

/** What has versions: the transcript's desk, the brief's. */
export interface Versioned {
  readonly versions: VersionList;
  readonly older: { readonly version: number } | null;
  look(version: number): Promise<void>;
  lookNoMore(): void;
  moreVersions(): Promise<void>;
  /** The older one's words as changes of the newest. */
  restore(): void;
}

/** @param newest its number. @param kind for tests: of two lists on a page each has its own. */
export function versions(table: Table, text: Versioned, { newest, kind }: { readonly newest: number; readonly kind: string }): Drawn {
  const { words, speech } = table;
  const { items, hasMore } = text.versions;
  // The list stands at the text's end, and what is looked at begins where the text begins.
  const look = (version: number): void => void text.look(version).then(() => table.go(`[data-test="${kind}older"]`));
  if (items.length < 2) return nothing;
  return html`<details class="versions" data-test="${kind}versions">
    <summary>${words.recVersions} <span class="figure">${speech.count(Math.max(items[0]!.version, items.length))}</span></summary>
    <ul class="rows" role="list">
      ${items.map(
        ({ version, by, made_ms }) => html`<li class="invitation">
          <div class="who">${words.recVersion(speech.count(version), byWhom(table, by), whenOf(table, made_ms))}</div>
          ${version === newest
            ? html`<span class="quiet small">${words.recNewest}</span>`
            : html`<button class="button small quiet" data-test="${kind}look" data-version=${version} @click=${() => look(version)}>${words.recLook}</button>`}
        </li>`,
      )}
    </ul>
    ${hasMore ? html`<button class="button small" data-test="${kind}versions-more" @click=${() => void text.moreVersions()}>${words.recVersionsMore}</button>` : nothing}
  </details>`;
}

export function looking({ words, speech }: Table, text: Versioned, kind: string): Drawn {
  if (!text.older) return nothing;
  return html`<div class="asked" data-test="${kind}older">
    <p>${words.recLookedAt(speech.count(text.older.version))}</p>
    <div class="row">
      <button class="button small primary" data-test="${kind}older-end" @click=${() => text.lookNoMore()}>${words.recLookEnd}</button>
      <button class="button small" data-test="${kind}restore" @click=${() => text.restore()}>${words.recRestore}</button>
    </div>
  </div>`;
}

/** `machine` is written so by the house, whatever the page's language. */
export function byWhom({ words }: Table, by: string): string {
  return by === "machine" ? words.recMachine : by;
}
