/**
 * The record's sound beside its words: one audio element without controls of its own.
 *
 * Comes in: presses, a file. Goes out: where it is, a call whenever that changes. Never: sound that nobody asked for.
 */
/** Who looks at a doubtful word hears a little of what comes before it. */
const RUN_UP_MS = 700;

export class Sound {
  private readonly audio = new Audio();
  private edition: number | null = null;
  /** Where it begins once the browser knows the file. */
  private wantedMs: number | null = null;
  isThere = false;
  hasFailed = false;

  constructor(private readonly changed: () => void) {
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

  /**
   * @param url opens the file for some hours; where it has stopped to, the next one is taken.
   * @param edition changes when the sound does: a person was removed.
   */
  open(url: string, edition: number): void {
    if (edition === this.edition && !this.hasFailed) return;
    this.wantedMs ??= this.isThere ? this.atMs : null;
    this.edition = edition;
    this.hasFailed = false;
    this.audio.src = url;
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
