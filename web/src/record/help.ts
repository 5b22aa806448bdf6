/** The keyboard's help of the record page. */
import { html, nothing } from "lit";
import { IN_A_TURN, LETTERS, type Deed } from "./keys";
import type { Drawn, Table } from "./table";

const NAMES: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→", "Alt+ArrowLeft": "Alt ←", "Ctrl+Enter": "Ctrl ⏎", Escape: "Esc" };

/** @param areLettersOn single letters are shortcuts; who dictates to the machine switches them off. */
export function help(table: Table, areLettersOn: boolean, onSwitch: () => void): Drawn {
  const { words, ui } = table;
  const toggle = (): void => {
    ui.isHelpOpen = !ui.isHelpOpen;
    table.redraw();
    if (ui.isHelpOpen) table.go("[data-test=help-close]", true);
  };
  if (!ui.isHelpOpen) return html`<button class="button small quiet keys-open" data-test="keys" @click=${toggle}>${words.keysOpen}</button>`;
  return html`<div class="veil" @click=${toggle}>
    <section class="help" role="dialog" aria-modal="true" aria-labelledby="keys-title" data-test="help" @click=${(event: Event) => event.stopPropagation()}>
      <h2 id="keys-title">${words.keysTitle}</h2>
      ${keys(table, LETTERS)}
      <h3>${words.recKeysInTurn}</h3>
      ${keys(table, IN_A_TURN)}
      <label class="check"><input type="checkbox" .checked=${areLettersOn} @change=${onSwitch} /><span>${words.keysUse}</span></label>
      <button class="button" data-test="help-close" @click=${toggle}>${words.keysClose}</button>
    </section>
  </div>`;
}

function keys({ words }: Table, known: Readonly<Record<string, Deed>>): Drawn {
  const says = (deed: Deed): string | null => (deed === "doubt_before" || deed === "save" ? null : words[`recKey_${deed}`]);
  return html`<dl>
    ${Object.entries(known).map(([key, deed]) => {
      const text = says(deed);
      return text === null ? nothing : html`<div><dt><kbd>${key === " " ? words.keysSpace : (NAMES[key] ?? key)}</kbd></dt><dd>${text}</dd></div>`;
    })}
  </dl>`;
}
