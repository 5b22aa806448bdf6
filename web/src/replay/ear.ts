/**
 * Where the ear goes in a record: jumps, turns, chapters, skipped silence, the end of a shared range, the speed.
 *
 * Comes in: deeds. Goes out: to the sound. It looks eight times a second while something is playing.
 */
import { within, nextOf, previousOf, type Lane, type Span } from "./lanes";
import type { Moment } from "./moment";
import type { Chapter } from "./record";
import { ReplaySound } from "./sound";

const LOOK_MS = 125;
/** A word's beginning is known to a third of a second: who asks for it hears it whole. */
const LEAD_MS = 500;
/** What is left of a pause before the next word. */
const BREATH_MS = 300;
/** A jump that wins less is not worth its click. */
const WIN_MS_MIN = 600;

export interface Map {
  readonly chapters: readonly Chapter[];
  readonly pauses: readonly Span[];
}

export class Ear {
  skipsSilence = false;
  /** Where the playhead is while it is dragged. */
  private scrubS: number | null = null;
  private rateNow = 1;
  private untilS: number | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly sound: ReplaySound,
    private readonly map: () => Map,
    private readonly redraw: () => void,
  ) {}

  get positionS(): number {
    return this.scrubS ?? this.sound.positionS;
  }

  get positionMs(): number {
    return this.positionS * 1000;
  }

  /** Where a shared range ends. */
  get until(): number | null {
    return this.untilS;
  }

  get rate(): number {
    return this.rateNow;
  }

  set rate(rate: number) {
    this.rateNow = this.sound.rate = rate;
    this.redraw();
  }

  play(): void {
    this.sound.play();
    this.sound.rate = this.rateNow;
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
  }

  pause(): void {
    this.sound.pause();
  }

  toggle(): void {
    if (this.sound.isPlaying) this.pause();
    else this.play();
  }

  scrub(toS: number): void {
    this.scrubS = toS;
    this.redraw();
  }

  seek(toS: number): void {
    this.scrubS = this.untilS = null;
    this.sound.seek(toS);
  }

  jump(byS: number): void {
    this.seek(this.positionS + byS);
  }

  /** Plays a word, a quote, a turn. */
  playFrom(atMs: number): void {
    this.seek(Math.max(0, atMs - LEAD_MS) / 1000);
    this.play();
  }

  /** Goes there; a range stops by itself once it is played. */
  go({ fromS, toS }: Moment): void {
    this.seek(fromS);
    this.untilS = toS;
  }

  chapter(by: -1 | 1): void {
    this.toNeighbour(this.map().chapters.map(({ startMs }) => startMs), by);
  }

  turn({ turns }: Lane, by: -1 | 1): void {
    const toMs = neighbour(turns.map(({ fromMs }) => fromMs), this.positionMs, by);
    if (toMs !== null) this.playFrom(toMs);
  }

  close(): void {
    clearInterval(this.timer);
    this.sound.close();
  }

  private toNeighbour(startsMs: readonly number[], by: -1 | 1): void {
    const toMs = neighbour(startsMs, this.positionMs, by);
    if (toMs !== null) this.seek(toMs / 1000);
    else if (by < 0) this.seek(0);
  }

  private look(): void {
    if (this.sound.state === "playing") {
      if (this.untilS !== null && this.sound.positionS >= this.untilS) {
        this.untilS = null;
        this.pause();
      } else if (this.skipsSilence && this.scrubS === null) this.skip();
    }
    if (this.sound.isPlaying) return this.redraw();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private skip(): void {
    const atMs = this.sound.positionS * 1000;
    const pause = within(this.map().pauses, atMs - BREATH_MS);
    if (pause && pause.toMs - BREATH_MS - atMs > WIN_MS_MIN) this.sound.seek((pause.toMs - BREATH_MS) / 1000);
  }
}

function neighbour(startsMs: readonly number[], atMs: number, by: -1 | 1): number | null {
  // Who was taken half a second before a beginning is at that beginning.
  return by > 0 ? nextOf(startsMs, atMs + LEAD_MS) : previousOf(startsMs, atMs);
}
