/**
 * The record's sound beside its words: one audio element without controls of its own.
 *
 * Comes in: presses, a file. Goes out: where it is, a call whenever that changes. Never: sound that nobody asked for.
 */
import type { HostRecordDoor } from "./host-record-door";

/** Who looks at a doubtful word hears a little of what comes before it. */
const RUN_UP_MS = 700;
/** An evening of four hours on a slow line. */
const FETCH_MS_MAX = 900_000;

export class Sound {
  private readonly audio = new Audio();
  private held: string | null = null;
  private file: string | null = null;
  /** Where it begins once the browser knows the file. */
  private wantedMs: number | null = null;
  isThere = false;
  hasFailed = false;

  constructor(
    private readonly door: HostRecordDoor,
    private readonly changed: () => void,
  ) {
    this.audio.preload = "metadata";
    for (const name of ["play", "pause", "seeked", "ratechange", "ended", "timeupdate"]) this.audio.addEventListener(name, changed);
    this.audio.addEventListener("loadedmetadata", () => {
      this.isThere = true;
      this.hasFailed = false;
      if (this.wantedMs !== null) this.audio.currentTime = this.wantedMs / 1000;
      this.wantedMs = null;
      changed();
    });
    this.audio.addEventListener("error", () => {
      this.hasFailed = true;
      changed();
    });
  }

  /** @param mark changes when the file does: a person was removed, and its sound is another one. */
  async open(file: string, mark: string): Promise<void> {
    if (this.file === `${file}#${mark}`) return;
    this.file = `${file}#${mark}`;
    this.wantedMs ??= this.isThere ? this.atMs : null;
    if (this.door.isOpenToLinks) {
      this.audio.src = this.door.fileUrl(file);
      return;
    }
    if (this.held) URL.revokeObjectURL(this.held);
    this.held = URL.createObjectURL(await this.door.file(file, AbortSignal.timeout(FETCH_MS_MAX)));
    this.audio.src = this.held;
  }

  get atMs(): number {
    return this.wantedMs ?? this.audio.currentTime * 1000;
  }

  get isPlaying(): boolean {
    return !this.audio.paused && !this.audio.ended;
  }

  get speed(): number {
    return this.audio.playbackRate;
  }

  set speed(times: number) {
    this.audio.playbackRate = times;
    this.audio.preservesPitch = true;
  }

  toggle(): void {
    if (this.isPlaying) this.audio.pause();
    else void this.play();
  }

  seek(ms: number): void {
    if (this.isThere) this.audio.currentTime = Math.max(0, ms) / 1000;
    else this.wantedMs = Math.max(0, ms);
    this.changed();
  }

  skip(ms: number): void {
    this.seek(this.atMs + ms);
  }

  playFrom(ms: number): void {
    this.seek(ms);
    void this.play();
  }

  /** From a little before, so that a word is heard in what it stands in. */
  playAround(ms: number): void {
    this.playFrom(ms - RUN_UP_MS);
  }

  private async play(): Promise<void> {
    try {
      await this.audio.play();
    } catch (error) {
      // The browser waits for a press, or a seek came in between: the button shows that it does not play.
      if (!(error instanceof DOMException)) throw error;
    }
    this.changed();
  }
}
