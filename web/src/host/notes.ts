/** What lies over the console: what was done a moment ago with its way back, and the keyboard's help. */
import { html, nothing, type TemplateResult } from "lit";
import type { HostWords } from "../i18n/en/host";
import { undo as undoIcon } from "../ui/host-icons";
import type { Deed } from "./console";
import type { Desk } from "./desk";
import { KEYS } from "./keys";

export function toast(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const { done } = host;
  return html`<div class="toast" role="status" aria-live="polite" data-test="toast">
    ${done
      ? html`<div class="said">
          <span>${done.deed === "change" ? words.detailsSaved : said(done.deed, words)(done.name)}</span>
          ${done.undo
            ? html`<button class="button small" data-test="undo" @click=${() => void host.undo()}>${undoIcon}${words.undo}</button>`
            : nothing}
        </div>`
      : nothing}
  </div>`;
}

function said(deed: Exclude<Deed, "change">, words: HostWords): (name: string) => string {
  return words[`did_${deed.replace("-", "_") as Underscored<Exclude<Deed, "change">>}`];
}

type Underscored<Name extends string> = Name extends `${infer A}-${infer B}` ? `${A}_${B}` : Name;

/** @param areLettersOn single letters are shortcuts; who dictates to the machine switches them off. */
export function help(desk: Desk, areLettersOn: boolean, onSwitch: () => void): TemplateResult | typeof nothing {
  const { words, ui } = desk;
  if (!ui.isHelpOpen) return nothing;
  const close = (): void => {
    ui.isHelpOpen = false;
    desk.redraw();
  };
  return html`<div class="veil" @click=${close}>
    <section
      class="help"
      role="dialog"
      aria-modal="true"
      aria-labelledby="keys-title"
      data-test="help"
      @click=${(event: Event) => event.stopPropagation()}
      @keydown=${(event: KeyboardEvent) => event.key === "Escape" && close()}
    >
      <h2 id="keys-title">${words.keysTitle}</h2>
      <dl>
        ${Object.entries(KEYS).map(
          ([key, deed]) => html`<div><dt><kbd>${key === " " ? words.keysSpace : key}</kbd></dt><dd>${words[`key_${deed}`]}</dd></div>`,
        )}
      </dl>
      <label class="check"><input type="checkbox" .checked=${areLettersOn} @change=${onSwitch} /><span>${words.keysUse}</span></label>
      <button class="button" data-test="help-close" @click=${close}>${words.keysClose}</button>
    </section>
  </div>`;
}
