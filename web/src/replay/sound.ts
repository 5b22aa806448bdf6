/**
 * The sound of a record: a list of segments from the shelf, or, while the talk still runs, the list that grows.
 *
 * Comes in: presses, places to go to. Goes out: where the ear is, and whether it goes on. It opens no connection
 * before the first press. hls.js where there is MediaSource, the browser's own HLS on an iPhone. A failure moves it
 * to the next edge, never more often than a live page may knock.
 */
import type { default as HlsJs, ErrorData } from "hls.js";
import { Edges } from "../player/edges";
import { tickOfId3 } from "../player/emsg";
import { Knocks, paused, steadyS } from "../player/knocks";
import { fetchSpace } from "../player/space";
import { thisBrowser } from "../player/support";
import { PastTicks } from "./past-ticks";

/** What the listener is told; `gone`: the record is not given out any more. */
export type SoundState = "idle" | "opening" | "playing" | "paused" | "waiting" | "ended" | "lost" | "gone" | "broken";

/** A list may be asked for twice more before it is the edge's fault. */
const TRIES = { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 2_000 };
const POLICY = {
  default: { maxTimeToFirstByteMs: 8_000, maxLoadTimeMs: 20_000, timeoutRetry: TRIES, errorRetry: TRIES },
};
/** An hour of speech is 29 MB; what is kept behind the ear makes jumping back free. */
const KEEP_BEHIND_S = 300;
const AHEAD_S = 90;

export class ReplaySound {
  readonly audio = new Audio();
  /** What was going on, of a record that grows; a sealed one has no ticks. */
  readonly ticks = new PastTicks();
  state: SoundState = "idle";
  private readonly edges = new Edges(location.origin);
  private readonly knocks = new Knocks();
  private readonly stopping = new AbortController();
  private hls: HlsJs | null = null;
  /** The list was read anew: the record has changed, names and words with it. */
  relisted: () => void = () => {};
  /** Somebody has pressed Play, and neither Pause nor the machine has stopped it since. */
  private wants = false;
  private isOpen = false;
  private isMending = false;
  /** Where to begin once there is something to begin with. */
  private beginS = 0;

  /** @param name of the Space, as in its link. @param lengthS of a sealed record; null while it grows. */
  constructor(
    private readonly name: string,
    readonly lengthS: number | null,
    private readonly changed: () => void,
  ) {
    const { signal } = this.stopping;
    const on = (event: string, state: () => SoundState): void =>
      this.audio.addEventListener(event, () => this.is(state()), { signal });
    this.audio.preservesPitch = true;
    on("playing", () => "playing");
    on("waiting", () => (this.wants ? "waiting" : "paused"));
    // Ours, or the machine's: a headset that was pulled, a phone call, the lock screen.
    on("pause", () => {
      this.wants = false;
      return this.isOver ? this.state : this.audio.ended ? "ended" : "paused";
    });
    on("ended", () => "ended");
    this.audio.addEventListener("seeked", () => this.changed(), { signal });
    this.audio.addEventListener("error", () => this.erred(), { signal });
  }

  get isPlaying(): boolean {
    return this.wants && !this.isOver;
  }

  /** Nothing that the element says changes that. */
  private get isOver(): boolean {
    return this.state === "gone" || this.state === "broken";
  }

  get positionS(): number {
    return this.isOpen && this.audio.readyState > 0 ? this.audio.currentTime : this.beginS;
  }

  /** How long the record is, or is so far. */
  get durationS(): number {
    if (this.lengthS !== null) return this.lengthS;
    const { seekable, duration } = this.audio;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : Number.isFinite(duration) ? duration : 0;
  }

  /** Must be called inside the listener's gesture. */
  play(): void {
    this.wants = true;
    if (this.state === "ended" && this.positionS > this.durationS - 1) this.seek(0);
    if (!this.isOpen) {
      this.isOpen = true;
      this.is("opening");
      this.open();
    }
    this.begin();
  }

  pause(): void {
    this.wants = false;
    this.audio.pause();
    this.changed();
  }

  seek(toS: number): void {
    const to = Math.max(0, this.durationS > 0 ? Math.min(toS, this.durationS - 0.1) : toS);
    this.beginS = to;
    if (this.isOpen && this.audio.readyState > 0) this.audio.currentTime = to;
    this.changed();
  }

  set rate(rate: number) {
    // The default too: an element that loads anew goes back to it.
    this.audio.defaultPlaybackRate = this.audio.playbackRate = rate;
  }

  /** Ends every request. */
  close(): void {
    this.stopping.abort();
    this.hls?.destroy();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  private is(state: SoundState): void {
    if (this.state === state || this.stopping.signal.aborted) return;
    this.state = state;
    this.changed();
  }

  private begin(): void {
    this.audio.play().catch((error: unknown) => {
      // The browser wants a gesture first: back to the button. An abort is our own doing; the rest errs by itself.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.pause();
    });
  }

  private open(): void {
    const browser = thisBrowser(this.audio);
    if (browser.hasMediaSource) void this.load();
    else if (browser.playsHls) this.openNative();
    else this.is("broken");
  }

  private openNative(): void {
    const { signal } = this.stopping;
    this.audio.src = `${this.edges.base}${this.list}`;
    const arrive = (): void => {
      if (this.beginS > 0) this.audio.currentTime = this.beginS;
    };
    this.audio.addEventListener("loadedmetadata", arrive, { once: true, signal });
  }

  private async load(): Promise<void> {
    try {
      const { default: Hls } = await import("hls.js/light");
      if (!this.stopping.signal.aborted) this.attach(Hls);
    } catch {
      // A browser does not fetch a module twice for sure.
      this.is("broken");
    }
  }

  private attach(Hls: typeof HlsJs): void {
    const hls = new Hls({
      // A worker would be a blob: script and cues a data: track, which the pages' Content-Security-Policy refuses.
      enableWorker: false,
      enableID3MetadataCues: false,
      enableEmsgMetadataCues: false,
      enableDateRangeMetadataCues: false,
      lowLatencyMode: false,
      startPosition: this.beginS,
      backBufferLength: KEEP_BEHIND_S,
      maxBufferLength: AHEAD_S,
      manifestLoadPolicy: POLICY,
      playlistLoadPolicy: POLICY,
      fragLoadPolicy: POLICY,
      xhrSetup: (xhr, url) => xhr.open("GET", this.edges.address(url), true),
    });
    this.hls = hls;
    hls.on(Hls.Events.LEVEL_UPDATED, () => this.changed());
    hls.on(Hls.Events.FRAG_PARSING_METADATA, (_, { samples }) => {
      for (const { data } of samples) {
        const tick = tickOfId3(data);
        if (tick) this.ticks.push(tick);
      }
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.arrived());
    hls.on(Hls.Events.ERROR, (_, error) => this.hlsErred(error));
    hls.attachMedia(this.audio);
    hls.loadSource(this.list);
  }

  private hlsErred(error: ErrorData): void {
    if (!error.fatal) return;
    if (error.type === "networkError") void this.mend(error.response?.code === 404);
    else this.is("broken");
  }

  /** What was in store may have bridged the whole way: then the element has nothing to say. */
  private arrived(): void {
    if (this.state !== "lost") return;
    this.is(!this.wants ? "paused" : this.audio.readyState >= 3 ? "playing" : "waiting");
  }

  private erred(): void {
    const { error } = this.audio;
    if (!error || !this.isOpen) return;
    if (error.code === MediaError.MEDIA_ERR_NETWORK || !this.hls) void this.mend();
    else this.is("broken");
  }

  /**
   * Is it still given out? Then go on at the next edge, where the ear was. One at a time.
   *
   * @param isMissing the edge is well and has no such segment: a person was removed, and all names are new.
   */
  private async mend(isMissing = false): Promise<void> {
    if (this.isMending || this.stopping.signal.aborted) return;
    this.isMending = true;
    this.beginS = this.positionS;
    const answer = await fetchSpace(this.name, this.edges.base);
    if (typeof answer !== "string") this.edges.learn(answer.edges);
    const isGone = answer === "unknown" || (typeof answer !== "string" && !answer.hasReplay && !answer.canRewind);
    if (isGone) {
      this.isMending = false;
      this.is("gone");
      return this.pause();
    }
    this.is("lost");
    this.edges.next();
    this.knocks.ended(steadyS(), Math.random(), { livedS: 0 });
    await paused(this.knocks.next(steadyS(), Math.random()), this.stopping.signal);
    this.isMending = false;
    if (!this.stopping.signal.aborted) this.goOn(isMissing);
  }

  private goOn(isMissing: boolean): void {
    const { hls } = this;
    if (!hls) this.openNative();
    else if (hls.levels.length > 0 && !isMissing) hls.startLoad(this.beginS);
    else {
      hls.config.startPosition = this.beginS;
      hls.loadSource(this.list);
      this.relisted();
    }
    // Whoever has paused meanwhile hears nothing before they press again.
    if (this.wants) this.begin();
  }

  /** The multivariant list is for players that show its subtitles; this page has the transcript itself. */
  private get list(): string {
    return `/s/${this.name}/replay/index.m3u8`;
  }
}
