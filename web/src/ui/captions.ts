/**
 * Captions: the newest lines of what is being said, and how the reader wants them to look.
 *
 * Lines come and go under their ids, so a guess becomes its final words in place. The box keeps its height and its
 * lines stand at the bottom: nothing jumps. A screen reader is told nothing unless it was asked for, and then only
 * final lines, since the sound says the same.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { CaptionWords } from "../i18n/en/captions";
import type { Caption, Person } from "../player/tick";
import { FIRST_STYLE, SIZES, restored, stored, type CaptionStyle } from "./caption-style";
import { captions as icon } from "./replay-icons";
import "./captions.css";

export interface CaptionLine {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isFinal: boolean;
}

/** A tick's captions with the names of who says them. */
export function linesOf(captions: readonly Caption[], people: readonly Person[]): readonly CaptionLine[] {
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return captions.map(({ id, person, text, is_final }) => ({ id, name: names.get(person) ?? "", text, isFinal: is_final }));
}

const SIZE_WORDS = ["captionsSmall", "captionsMedium", "captionsLarge"] as const;

export class Captions {
  readonly linesOf = linesOf;
  private style: CaptionStyle;

  /** @param isFirstOn without a choice of the reader: they are there where words are news, not beside a transcript. */
  constructor(
    private readonly redraw: () => void,
    private readonly place: "live" | "replay",
  ) {
    this.style = restored(read(this.key), { ...FIRST_STYLE, isOn: place === "live" });
  }

  get isOn(): boolean {
    return this.style.isOn;
  }

  toggle(): void {
    this.change({ isOn: !this.style.isOn });
  }

  render(lines: readonly CaptionLine[], words: CaptionWords): TemplateResult | typeof nothing {
    const { isOn, size, isBoxed, isSpoken } = this.style;
    if (!isOn) return nothing;
    return html`<section class="captions size-${size} ${isBoxed ? "boxed" : ""}" aria-label=${words.captions} aria-live="off" data-test="captions">
        ${repeat(lines, ({ id }) => id, ({ name, text, isFinal }) => html`<p class=${isFinal ? "" : "draft"}><span>${name ? html`<b>${name}</b> ` : nothing}${text}</span></p>`)}
      </section>
      ${isSpoken ? html`<p class="unseen" role="log" aria-live="polite">${lastFinal(lines)}</p>` : nothing}`;
  }

  /** On, off, and everything else behind one button. */
  menu(words: CaptionWords): TemplateResult {
    const { isOn, size, isBoxed, isSpoken } = this.style;
    return html`<details class="caption-menu" data-test="caption-menu" @keydown=${closed}>
      <summary class="round" aria-label=${words.captionsMenu} title=${words.captionsMenu} data-on=${isOn}>${icon}</summary>
      <div class="sheet-small">
        ${check(words.captionsOn, isOn, "captions-on", (isOn) => this.change({ isOn }))}
        <fieldset ?disabled=${!isOn}>
          <legend>${words.captionsSize}</legend>
          <div class="sizes">
            ${SIZES.map(
              (one) => html`<label><input type="radio" name="caption-size" data-test="captions-size-${one}" .checked=${one === size} @change=${() => this.change({ size: one })} /><span>${words[SIZE_WORDS[one]]}</span></label>`,
            )}
          </div>
        </fieldset>
        ${check(words.captionsBoxed, isBoxed, "captions-boxed", (isBoxed) => this.change({ isBoxed }))}
        ${check(words.captionsSpoken, isSpoken, "captions-spoken", (isSpoken) => this.change({ isSpoken }))}
      </div>
    </details>`;
  }

  private get key(): string {
    return `stentor.captions.${this.place}`;
  }

  private change(style: Partial<CaptionStyle>): void {
    this.style = { ...this.style, ...style };
    try {
      localStorage.setItem(this.key, stored(this.style));
    } catch {
      // Private windows may refuse storage; the choice holds until the page is closed.
    }
    this.redraw();
  }
}

function check(label: string, isOn: boolean, test: string, set: (isOn: boolean) => void): TemplateResult {
  return html`<label class="check">
    <input type="checkbox" data-test=${test} .checked=${isOn} @change=${(event: Event) => set((event.target as HTMLInputElement).checked)} />
    <span>${label}</span>
  </label>`;
}

function closed(event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

function lastFinal(lines: readonly CaptionLine[]): string {
  const last = lines.filter(({ isFinal }) => isFinal).at(-1);
  return last ? `${last.name}: ${last.text}` : "";
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
