/**
 * Hears along while waiting: plain HLS of the lowest rung, some 20 s behind, the same objects for everybody.
 *
 * Comes in: a press. Goes out: sound from an element of its own. Never: a wish to be served: whatever fails ends it,
 * and the place in the line is not touched.
 */
import type { default as HlsJs } from "hls.js";
import { QUIET } from "../player/hls-quiet";

export type AlongState = "off" | "on" | "failed";

export class Along {
  state: AlongState = "off";
  private readonly audio = new Audio();
  private hls: HlsJs | null = null;

  constructor(
    private readonly address: () => string,
    private readonly changed: () => void,
  ) {
    this.audio.addEventListener("error", () => this.state === "on" && this.end("failed"));
  }

  /** Must be called inside the listener's gesture. */
  start(): void {
    this.state = "on";
    if ("MediaSource" in globalThis) void this.load();
    else this.audio.src = this.address();
    this.audio.play().catch(() => undefined); // What failed is told by the element's error, or by hls.js.
    this.changed();
  }

  stop(): void {
    if (this.state !== "off") this.end("off");
  }

  private async load(): Promise<void> {
    try {
      const { default: Hls } = await import("hls.js/light");
      if (this.state !== "on") return;
      this.hls = new Hls({ ...QUIET, lowLatencyMode: false });
      this.hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && this.end("failed"));
      this.hls.on(Hls.Events.MANIFEST_PARSED, () => void this.audio.play().catch(() => this.end("failed")));
      this.hls.attachMedia(this.audio);
      this.hls.loadSource(this.address());
    } catch {
      this.end("failed"); // The edge died between the page and its player.
    }
  }

  private end(state: AlongState): void {
    this.state = state;
    this.hls?.destroy();
    this.hls = null;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.changed();
  }
}
