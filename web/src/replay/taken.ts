/** What a listener is taking along: the clip that is cut, the list of files, and what became of a link. No page in here. */
import type { ReplaySpeech } from "../i18n/replay";
import { lasted } from "../ui/lasting";
import { clipAround, momentOf, moved, type Clip } from "./clip";
import type { Ear } from "./ear";
import type { Moment } from "./moment";
import { addressOf, shared } from "./sharing";

const NOTE_MS = 6_000;

export class Taken {
  clip: Clip | null = null;
  isDownloading = false;
  /** What is said of the last deed, for a while. */
  note = "";
  private noteTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ear: () => Ear,
    private readonly redraw: () => void,
  ) {}

  toggleClip(): void {
    const { positionS, sound } = this.ear();
    const clip = this.clip ? null : clipAround(positionS, sound.durationS);
    if (clip) {
      this.isDownloading = false;
      this.show();
    }
    this.clip = clip;
    this.redraw();
  }

  toggleDownloads(): void {
    this.isDownloading = !this.isDownloading;
    this.clip = null;
    if (this.isDownloading) this.show();
    this.redraw();
  }

  /** @param toS without it: to where the ear is. */
  moveEnd(handle: "from" | "to", toS = this.ear().positionS): void {
    if (this.clip) this.clip = moved(this.clip, handle, toS, this.ear().sound.durationS);
    this.redraw();
  }

  listen(clip: Clip): void {
    this.ear().go(momentOf(clip));
    this.ear().play();
  }

  /** A link to the range, or to where the ear is. */
  async share(clip: Clip | null, { words }: ReplaySpeech): Promise<void> {
    const moment: Moment = clip ? momentOf(clip) : { fromS: this.ear().positionS, toS: null };
    const outcome = await shared(moment, document.title);
    if (outcome === "copied") this.say(words.shareCopied(lasted(moment.fromS * 1000)));
    else if (outcome === "refused") this.say(`${words.shareLink}: ${addressOf(moment)}`, null);
  }

  /** @param forMs null: until the next note. */
  say(note: string, forMs: number | null = NOTE_MS): void {
    clearTimeout(this.noteTimer);
    this.note = note;
    if (forMs !== null) this.noteTimer = setTimeout(() => this.say("", null), forMs);
    this.redraw();
  }

  /** What has just been opened may lie below the dock. */
  private show(): void {
    requestAnimationFrame(() => document.querySelector(".taken")?.scrollIntoView({ block: "nearest" }));
  }
}
