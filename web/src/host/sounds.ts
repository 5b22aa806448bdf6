/** Files played into the Space: an opening, a jingle. */
import { html, type TemplateResult } from "lit";
import type { SoundTold } from "../api/told";
import { trash } from "../ui/host-icons";
import { play, stop } from "../ui/icons";
import { twice, type Desk } from "./desk";

export function sounds(desk: Desk): TemplateResult {
  const { words, console: host } = desk;
  const add = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    if (file) void host.upload(file);
    input.value = "";
  };
  return html`<section class="panel" aria-labelledby="sounds-title">
    <h2 id="sounds-title">${words.soundsTitle}</h2>
    <p class="quiet small">${host.sounds.length ? words.soundsHint : words.soundsNone} ${host.sounds.length ? "" : words.soundsHint}</p>
    <ul class="rows" role="list">
      ${host.sounds.map((sound) => one(desk, sound))}
    </ul>
    <label class="button file" ?data-busy=${host.isUploading}>
      <input type="file" accept="audio/*" data-test="sound-file" ?disabled=${host.isUploading} aria-label=${words.soundAdd} @change=${add} />
      <span role="status">${host.isUploading ? words.soundAdding : words.soundAdd}</span>
    </label>
  </section>`;
}

function one(desk: Desk, { id, name, is_playing: isPlaying }: SoundTold): TemplateResult {
  const { words, console: host } = desk;
  const label = isPlaying ? words.soundStop(name) : words.soundPlay(name);
  return html`<li class="invitation" data-test="sound" data-playing=${isPlaying}>
    <button class="tool" aria-label=${label} title=${label} aria-pressed=${isPlaying} data-test="sound-play" @click=${() => void host.sound(id, isPlaying ? "stop" : "play")}>
      ${isPlaying ? stop : play}
    </button>
    <div class="who"><strong>${name}</strong></div>
    ${twice(desk, {
      key: `sound-${id}`,
      test: "sound-remove",
      label: trash,
      name: words.soundRemove(name),
      look: "small bare",
      ask: words.soundRemove(name),
      yes: words.soundRemoveYes,
      act: () => void host.sound(id, "remove"),
    })}
  </li>`;
}
