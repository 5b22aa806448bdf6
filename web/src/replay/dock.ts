/** What is at the thumb: captions, trouble in a sentence, the bar, the buttons. Drawn only; what they do is the replay's. */
import { html, nothing, type TemplateResult } from "lit";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import type { ReplaySpeech } from "../i18n/replay";
import type { Person } from "../player/tick";
import type { CaptionLine, Captions } from "../ui/captions";
import { lasted } from "../ui/lasting";
import { bar } from "./bar";
import type { Ear } from "./ear";
import type { Deed } from "./keys";
import type { Library } from "./library";
import type { Chapter } from "./record";
import type { SoundState } from "./sound";
import type { Taken } from "./taken";
import { transport } from "./transport";

export interface DockView {
  readonly ear: Ear;
  readonly library: Library;
  readonly taken: Taken;
  readonly captions: Captions;
  readonly people: readonly Person[];
  readonly chapters: readonly Chapter[];
  readonly chapter: string;
  readonly isSealed: boolean;
  /** What is being said; null: nothing here says it. */
  readonly lines: readonly CaptionLine[] | null;
  /** The page's words, and the replay's own. */
  readonly page: Speech<Words>;
  readonly speech: ReplaySpeech;
  do(deed: Deed): void;
  toLive(): void;
}

export function dock(view: DockView): TemplateResult {
  const { ear, library, taken, captions, lines, chapters, chapter, isSealed, page, speech } = view;
  const { words } = speech;
  const { positionS, sound, rate, skipsSilence } = ear;
  const { durationS } = sound;
  const right = isSealed ? lasted(durationS * 1000) : words.rewindBehind(lasted((durationS - positionS) * 1000));
  return html`<div class="dock replay-dock" data-tone=${sound.state}>
    ${lines ? captions.render(lines, page.words) : nothing}
    <p class="replay-trouble" role="status" data-test="replay-state">${trouble(sound.state, words)}</p>
    ${isSealed
      ? nothing
      : html`<p class="rewound"><span class="tag">${words.rewindTag}</span><button class="button" data-test="to-live" @click=${view.toLive}>${words.rewindLive}</button></p>`}
    ${bar({
      positionS,
      durationS,
      lanes: library.lanes,
      names: Object.fromEntries(view.people.map(({ id, name }) => [id, name])),
      chapters,
      chapter,
      clip: taken.clip,
      words,
      scrub: (toS) => ear.scrub(toS),
      seek: (toS) => ear.seek(toS),
      moveEnd: (handle, toS) => taken.moveEnd(handle, toS),
    })}
    <p class="times"><span data-test="position">${lasted(positionS * 1000)}</span><span class="now-chapter">${chapter}</span><span>${right}</span></p>
    <div class="controls">
      ${transport({
        isPlaying: sound.isPlaying,
        rate,
        skipsSilence,
        hasChapters: chapters.length > 1,
        knowsSilence: library.pauses.length > 0,
        speech,
        do: (deed) => view.do(deed),
        setRate: (one) => (ear.rate = one),
      })}
      ${lines ? captions.menu(page.words) : nothing}
    </div>
  </div>`;
}

function trouble(state: SoundState, words: ReplaySpeech["words"]): string {
  switch (state) {
    case "opening":
      return words.replayOpening;
    case "waiting":
      return words.replayWaiting;
    case "lost":
      return words.replayLost;
    case "broken":
      return words.replayBroken;
    default:
      return "";
  }
}
