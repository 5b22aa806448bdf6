/** The sound beside the words: play, position with the chapters' marks, speed. */
import { html, nothing } from "lit";
import { RATES } from "../replay/rates";
import { lasted } from "../ui/lasting";
import { pause } from "../ui/host-icons";
import { play } from "../ui/icons";
import { withChapterAt } from "./chapter-edits";
import type { Drawn, Table } from "./table";

export const SKIP_MS = 5_000;
/** One press of an arrow key on a chapter's mark. */
const NUDGE_MS = 1_000;

export function bar(table: Table): Drawn {
  const { words, desk } = table;
  const { record, sound } = desk;
  if (!record) return nothing;
  if (record.programme !== "made") return html`<p class="quiet small" data-test="no-sound">${words.recSoundLater}</p>`;
  if (sound.hasFailed) return html`<p class="refusal" role="alert">${words.recSoundFailed}</p>`;
  const at = sound.atMs;
  const end = Math.max(1, record.duration_ms);
  return html`<section class="sound-bar" data-test="sound-bar" data-playing=${sound.isPlaying} data-there=${sound.isThere}>
    <button class="round play" data-test="play" aria-label=${sound.isPlaying ? words.replayPause : words.replayPlay} @click=${() => sound.toggle()}>
      ${sound.isPlaying ? pause : play}
    </button>
    <button class="tool skip" aria-label=${words.recBack} title=${words.recBack} @click=${() => sound.skip(-SKIP_MS)}>−5</button>
    <button class="tool skip" aria-label=${words.recOn} title=${words.recOn} @click=${() => sound.skip(SKIP_MS)}>+5</button>
    <div class="track">
      <input
        type="range"
        min="0"
        max=${end}
        step="100"
        style="--part:${Math.min(1, at / end).toFixed(4)}"
        aria-label=${words.replayPosition}
        aria-valuetext=${words.replayAt(lasted(at), lasted(end))}
        data-test="position"
        .value=${String(Math.round(at))}
        @input=${(event: Event) => sound.seek(Number((event.target as HTMLInputElement).value))}
      />
      ${marks(table, end)}
    </div>
    <span class="clock" data-test="clock"><strong>${lasted(at)}</strong> <span class="quiet">/ ${lasted(end)}</span></span>
    <select class="speed" aria-label=${words.replayRate} @change=${(event: Event) => (sound.speed = Number((event.target as HTMLSelectElement).value))}>
      ${RATES.map((rate) => html`<option value=${rate} ?selected=${rate === sound.speed}>${rate.toLocaleString(table.speech.language)} ×</option>`)}
    </select>
  </section>`;
}

/** Marks that can be moved belong to the chapters' part; elsewhere they are only seen. */
function marks(table: Table, end: number): Drawn {
  const { desk, ui, words } = table;
  const isMovable = ui.part === "chapters";
  return html`<div class="marks" aria-hidden=${isMovable ? nothing : "true"}>
    ${desk.chapters.all.map((chapter, index) => {
      const move = (toMs: number): void => desk.chapters.edit(withChapterAt(desk.chapters.all, index, toMs, end));
      return html`<span
        class="mark"
        style="--part:${(chapter.start_ms / end).toFixed(4)}"
        title=${chapter.title}
        role=${isMovable ? "slider" : nothing}
        tabindex=${isMovable ? 0 : nothing}
        aria-label=${isMovable ? words.recChapterMark(chapter.title, lasted(chapter.start_ms)) : nothing}
        aria-valuemin=${isMovable ? 0 : nothing}
        aria-valuemax=${isMovable ? end : nothing}
        aria-valuenow=${isMovable ? chapter.start_ms : nothing}
        aria-valuetext=${isMovable ? lasted(chapter.start_ms) : nothing}
        @keydown=${(event: KeyboardEvent) => {
          const step = { ArrowLeft: -NUDGE_MS, ArrowRight: NUDGE_MS }[event.key];
          if (!isMovable || step === undefined) return;
          event.preventDefault();
          move(chapter.start_ms + step);
        }}
        @pointerdown=${(event: PointerEvent) => isMovable && drag(event, end, chapter.title, table)}
      ></span>`;
    })}
  </div>`;
}

/** Follows the pointer; the chapter is known by its title and beginning, since its place in the list may change. */
function drag(event: PointerEvent, end: number, title: string, { desk }: Table): void {
  const mark = event.currentTarget as HTMLElement;
  const box = mark.parentElement!.getBoundingClientRect();
  let at = Number(mark.getAttribute("aria-valuenow"));
  mark.setPointerCapture(event.pointerId);
  const move = ({ clientX }: PointerEvent): void => {
    const index = desk.chapters.all.findIndex((chapter) => chapter.title === title && chapter.start_ms === at);
    const moved = withChapterAt(desk.chapters.all, index, ((clientX - box.left) / box.width) * end, end);
    if (moved === desk.chapters.all || index < 0) return;
    at = Math.round(Math.min(Math.max(0, ((clientX - box.left) / box.width) * end), end));
    desk.chapters.edit(moved);
  };
  const stop = (): void => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}
