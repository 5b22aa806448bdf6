/**
 * The ways of others to the ear: the browser's own HLS (iPhone), and hls.js where there is no endless response.
 *
 * hls.js is loaded only here and only when needed: it is six times the rest of the page.
 */
import { tickOfId3 } from "./emsg";
import type { Mode, Position, Reports, Source } from "./source";
import { KEEP_BEHIND_S, RATE_MAX } from "./pace";
import { rangeAt, rangesOf } from "./ranges";
import type { default as HlsJs } from "hls.js";

const RETRY_MS = 2_000;

export class HlsSource implements Source {
  private hls: HlsJs | null = null;
  private isStopped = false;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly audio: HTMLMediaElement,
    private readonly spaceId: string,
    readonly mode: Mode,
    private readonly reports: Reports,
  ) {}

  start(): void {
    this.audio.addEventListener("timeupdate", this.onTime);
    if (this.mode === "native") {
      this.audio.src = this.address();
      this.audio.addEventListener("error", this.onNativeError);
    } else {
      void this.startHlsJs();
    }
    this.audio.play().catch((error: unknown) => this.refusedToPlay(error));
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.retry);
    this.audio.removeEventListener("timeupdate", this.onTime);
    this.audio.removeEventListener("error", this.onNativeError);
    this.hls?.destroy();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  position(): Position | null {
    const epochMs = this.reports.epochMs();
    const at = this.hls?.playingDate ?? startDate(this.audio);
    if (!at || epochMs === null) return null;
    const positionS = (at.getTime() - epochMs) / 1000;
    const found = rangeAt(rangesOf(this.audio.buffered), this.audio.currentTime);
    const aheadS = found && !found.isJump ? found.range.endS - this.audio.currentTime : 0;
    return { positionS, endS: positionS + aheadS };
  }

  /** hls.js keeps to its live edge by itself, with the same limit on speed. */
  steer(): boolean {
    return this.audio.playbackRate > 1.001;
  }

  private async startHlsJs(): Promise<void> {
    const { default: Hls } = await import("hls.js/light");
    if (this.isStopped) return;
    // A worker would be a blob: script, which the pages' Content-Security-Policy refuses.
    // Cues would come with a data: track, which it refuses too; ticks are taken from the event below.
    const hls = new Hls({
      enableWorker: false,
      enableID3MetadataCues: false,
      enableEmsgMetadataCues: false,
      enableDateRangeMetadataCues: false,
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: RATE_MAX,
      backBufferLength: KEEP_BEHIND_S,
    });
    this.hls = hls;
    hls.on(Hls.Events.FRAG_PARSING_METADATA, (_, { samples }) => {
      for (const sample of samples) {
        const tick = tickOfId3(sample.data);
        if (tick) this.reports.tick(tick);
      }
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.reports.event({ type: "arrived" }));
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (error.fatal) this.failed(error.response?.code ?? 0);
    });
    hls.attachMedia(this.audio);
    hls.loadSource(this.address());
  }

  private failed(status: number): void {
    if (status === 404) return this.reports.event({ type: "missing" });
    if (status === 410) return this.reports.event({ type: "over" });
    this.reports.event({ type: status === 503 ? "not_on_air" : "lost" });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      if (this.hls) this.hls.loadSource(this.address());
      else this.audio.src = this.address();
      this.audio.play().catch((error: unknown) => this.refusedToPlay(error));
    }, RETRY_MS);
  }

  private readonly onNativeError = (): void => this.failed(0);
  private readonly onTime = (): void => {
    if (this.mode === "native") this.reports.event({ type: "arrived" });
  };

  /** The browser wants a gesture first: back to the button. An aborted `play()` is our own stop. */
  private refusedToPlay(error: unknown): void {
    if (error instanceof DOMException && error.name === "NotAllowedError") this.reports.event({ type: "stop" });
  }

  private address(): string {
    return `/s/${this.spaceId}/hls/index.m3u8`;
  }
}

/** Safari's way to tell the wall time of a position (from PROGRAM-DATE-TIME). */
function startDate(audio: HTMLMediaElement): Date | null {
  if (!("getStartDate" in audio) || typeof audio.getStartDate !== "function") return null;
  const start: unknown = audio.getStartDate();
  if (!(start instanceof Date) || Number.isNaN(start.getTime())) return null;
  return new Date(start.getTime() + audio.currentTime * 1000);
}
