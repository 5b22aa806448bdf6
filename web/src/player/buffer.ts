/**
 * A SourceBuffer that takes bytes in order, one at a time, and forgets what was heard long ago.
 *
 * Bounds: two minutes of sound wait at most (what a rejoin may bring at once); 30 s stay behind the ear.
 */
import { KEEP_BEHIND_S } from "./pace";

const QUEUE_MAX = 200;
const TRIM_STEP_S = 10;

export class SoundBuffer {
  private readonly queue: Uint8Array<ArrayBuffer>[] = [];
  private readonly buffer: SourceBuffer;

  constructor(
    private readonly media: MediaSource,
    private readonly audio: HTMLMediaElement,
    type: string,
    private readonly onAppended: () => void,
  ) {
    this.buffer = media.addSourceBuffer(type);
    this.buffer.addEventListener("updateend", () => {
      this.onAppended();
      this.work();
    });
  }

  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.queue.push(bytes);
    if (this.queue.length > QUEUE_MAX) this.queue.splice(1, 1);
    this.work();
  }

  get buffered(): TimeRanges | null {
    return this.media.readyState === "open" ? this.buffer.buffered : null;
  }

  private work(): void {
    // An element that has erred refuses every append; the player hears of the error by itself.
    if (this.media.readyState !== "open" || this.buffer.updating || this.audio.error) return;
    const oldS = this.buffer.buffered.length ? this.audio.currentTime - KEEP_BEHIND_S : 0;
    if (oldS > 0 && this.buffer.buffered.start(0) < oldS - TRIM_STEP_S) {
      this.buffer.remove(0, oldS);
      return;
    }
    const bytes = this.queue[0];
    if (!bytes) return;
    try {
      this.buffer.appendBuffer(bytes);
      this.queue.shift();
    } catch (error) {
      // The browser's quota is met: free what was heard, `updateend` brings us back here.
      if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
      this.buffer.remove(0, Math.max(0.1, this.audio.currentTime - 1));
    }
  }
}
