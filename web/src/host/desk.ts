/** What every part of the console draws with, and the two small things that most of them use. */
import { html, nothing, type TemplateResult } from "lit";
import type { HostWords } from "../i18n/en/host";
import type { SharedWords } from "../i18n/en/shared";
import type { SpaceWords } from "../i18n/en/space";
import type { Speech } from "../i18n/language";
import type { Person } from "../player/tick";
import type { Details } from "../space/details";
import type { Console } from "./console";

export type DeskWords = HostWords & SharedWords & SpaceWords;
export type Part = "stage" | "line" | "audience" | "invite";

/** What is open on this screen; nobody else sees it. */
export class Ui {
  part: Part = "stage";
  /** Whose menu is open. */
  menu: string | null = null;
  /** What has been pressed once and wants a second press. */
  asking: string | null = null;
  copied: string | null = null;
  isHelpOpen = false;
  /** The Space as it was when its form was opened; null: closed. */
  editing: Details | null = null;
  /** Time of the graph under the pointer. */
  lookedAtMs: number | null = null;
  banNetwork = false;
}

/** Any page whose buttons ask twice and whose fields can be copied. */
export interface Asker {
  readonly ui: { asking: string | null; copied: string | null };
  readonly words: Pick<DeskWords, "endNo" | "copy" | "copied">;
  readonly redraw: () => void;
}

export interface Desk extends Asker {
  readonly console: Console;
  readonly ui: Ui;
  readonly speech: Speech<DeskWords>;
  readonly words: DeskWords;
  /** Who looks at it on stage; null: an account, who is on no stage. */
  readonly me: string | null;
  readonly people: readonly Person[];
  readonly speaking: Readonly<Record<string, number>>;
  /** The house's clock, as well as it is known here. */
  readonly nowMs: number;
  readonly redraw: () => void;
}

export interface Twice {
  /** One of its kind on the whole page. */
  readonly key: string;
  readonly label: unknown;
  readonly name?: string;
  readonly ask: string;
  readonly yes: string;
  readonly act: () => void;
  readonly look?: string;
  readonly more?: TemplateResult | typeof nothing;
  readonly test?: string;
}

const COPIED_MS = 2_000;

/** A button for what nothing takes back: the second press does it, and the first moves the focus to «No». */
export function twice(desk: Asker, { key, label, name, ask, yes, act, look = "", more = nothing, test = key }: Twice): TemplateResult {
  const { ui, words } = desk;
  const close = (): void => {
    ui.asking = null;
    desk.redraw();
  };
  if (ui.asking !== key) {
    const open = (event: Event): void => {
      ui.asking = key;
      desk.redraw();
      const page = (event.currentTarget as HTMLElement).closest(".page");
      setTimeout(() => page?.querySelector<HTMLElement>(".twice .no")?.focus());
    };
    return html`<button class="button ${look}" type="button" data-test=${test} aria-label=${name ?? nothing} title=${name ?? nothing} @click=${open}>
      ${label}
    </button>`;
  }
  return html`<div class="twice" role="group" aria-label=${ask}>
    <p>${ask}</p>
    ${more}
    <div class="row">
      <button class="button small danger sure" type="button" data-test="${test}-yes" @click=${() => (close(), act())}>${yes}</button>
      <button class="button small no" type="button" data-test="${test}-no" @click=${close}>${words.endNo}</button>
    </div>
  </div>`;
}

/** A link that can be copied, and selected by hand where the browser does not copy. */
export function copyField(desk: Asker, { label, url, test }: { label: string; url: string; test: string }): TemplateResult {
  const { ui, words } = desk;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Not allowed outside a secure address: the field is there to be selected by hand.
      return;
    }
    ui.copied = url;
    desk.redraw();
    setTimeout(() => {
      ui.copied = null;
      desk.redraw();
    }, COPIED_MS);
  };
  return html`<label class="field">
    <span>${label}</span>
    <span class="copy">
      <input readonly .value=${url} data-test=${test} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
      <button class="button" type="button" @click=${() => void copy()}>${ui.copied === url ? words.copied : words.copy}</button>
    </span>
  </label>`;
}
