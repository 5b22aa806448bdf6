/**
 * hls.js, where a browser takes no endless response (or `?mode=hls` asks for it).
 *
 * It is loaded only here and only when needed: it is six times the rest of the page. It never tries again by itself:
 * each failure is ours, so that the next edge is asked within a second and no page knocks more often than it may.
 * All edges have the same names, so an edge is changed below hls.js: its lists, buffer and position stay as they are.
 */
import type { default as HlsJs, ErrorData, HlsConfig } from "hls.js";
import { diagnosis } from "./diagnosis";
import type { Edges } from "./edges";
import { tickOfId3 } from "./emsg";
import { chunkAt } from "./grid";
import { QUIET } from "./hls-quiet";
import { GOOD_LIFE_S, paused, steadyS } from "./knocks";
import { KEEP_BEHIND_S, RATE_MAX } from "./pace";
import { rangeAt, rangesOf } from "./ranges";
import type { Position, Reports, Source } from "./source";
import { fetchSpace } from "./space";
import { tuneInQuery } from "./tune-in";

/** A list is held for one part, 0.64 s, at most four when the edge's cadence is slow. Longer is a question. */
const FIRST_BYTE_MS_MAX = 4_000;
const LOAD_MS_MAX = 8_000;
/** Measured: after 14 s without a stage hls.js stays 14.7 s behind, neither jumps nor hurries. */
const JUMP_BEHIND_S = 8;
/** Its target moves with each stall; a jump that wins less is not worth its click. */
const WIN_S_MIN = 3;
/** Positions are read from dates of whole milliseconds; a buffer's end just short of a border is that border. */
const SLACK_S = 0.1;
const ONCE = {
  default: { maxTimeToFirstByteMs: FIRST_BYTE_MS_MAX, maxLoadTimeMs: LOAD_MS_MAX, timeoutRetry: null, errorRetry: null },
};

const LIST = "/hls/index.m3u8";

export class HlsJsSource implements Source {
  readonly mode = "hls";
  /** hls.js keeps 2.6 s behind live by itself. */
  readonly lateS = 4;
  private readonly stopping = new AbortController();
  private hls: HlsJs | null = null;
  private isMending = false;
  private hasArrived = false;
  private aliveSinceS = 0;
  private missing = 0;
  /** What the next bare list is asked for; empty when it may be bare. */
  private tuneIn = "";

  constructor(
    private readonly audio: HTMLMediaElement,
    private readonly spaceId: string,
    private readonly edges: Edges,
    private readonly reports: Reports,
  ) {}

  start(): void {
    void this.load();
    this.reports.play();
  }

  stop(): void {
    this.stopping.abort();
    this.hls?.destroy();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  position(): Position | null {
    const epochMs = this.reports.epochMs();
    const at = this.hls?.playingDate;
    if (!at || epochMs === null) return null;
    const positionS = (at.getTime() - epochMs) / 1000;
    const found = rangeAt(rangesOf(this.audio.buffered), this.audio.currentTime);
    const aheadS = found && !found.isJump ? found.range.endS - this.audio.currentTime : 0;
    return { positionS, endS: positionS + aheadS };
  }

  /** hls.js keeps to its live edge by itself, with the same limit on speed; who is far behind it leaves there. */
  steer(latencyS: number | null): boolean {
    const liveS = this.hls?.liveSyncPosition ?? null;
    const isFar = latencyS !== null && latencyS > JUMP_BEHIND_S && !this.isMending;
    if (isFar && liveS !== null && liveS > this.audio.currentTime + WIN_S_MIN) this.audio.currentTime = liveS;
    return this.audio.playbackRate > 1.001;
  }

  private async load(): Promise<void> {
    await paused(this.reports.knocks.next(steadyS(), Math.random()), this.stopping.signal);
    // Who comes with a place in the line has been called: lists take only a pass.
    const { pass, ticket } = this.reports.wallet;
    if (!pass && ticket && (await this.isHeld())) return;
    try {
      const { default: Hls } = await import("hls.js/light");
      if (this.stopping.signal.aborted) return;
      this.begin(new Hls(this.config()), Hls);
    } catch {
      // The page's own edge died between the page and its player; a browser does not fetch a module twice for sure.
      if (!this.stopping.signal.aborted) this.reports.failed("broken");
    }
  }

  private config(): Partial<HlsConfig> {
    return {
      ...QUIET,
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: RATE_MAX,
      backBufferLength: KEEP_BEHIND_S,
      manifestLoadPolicy: ONCE,
      playlistLoadPolicy: ONCE,
      fragLoadPolicy: ONCE,
      xhrSetup: (xhr, url) => xhr.open("GET", this.edges.address(this.directed(url)), true),
    };
  }

  /** Lists carry the pass; the first bare one after a change of edges asks for what comes next. */
  private directed(url: string): string {
    const { pass } = this.reports.wallet;
    const [path = "", query = ""] = url.split("?");
    if (!path.endsWith(LIST)) return url;
    const asked = new URLSearchParams(query || this.tuneIn);
    this.tuneIn = "";
    asked.delete("pass");
    if (pass) asked.set("pass", pass);
    const shown = asked.toString();
    return shown ? `${path}?${shown}` : path;
  }

  private begin(hls: HlsJs, { Events }: typeof HlsJs): void {
    this.hls = hls;
    this.aliveSinceS = steadyS();
    hls.on(Events.FRAG_PARSING_METADATA, (_, { samples }) => {
      for (const sample of samples) {
        const tick = tickOfId3(sample.data);
        if (tick) this.reports.tick(tick);
      }
    });
    hls.on(Events.FRAG_BUFFERED, () => this.arrived());
    hls.on(Events.ERROR, (_, error) => this.erred(error));
    hls.attachMedia(this.audio);
    hls.loadSource(this.address());
  }

  private arrived(): void {
    this.hasArrived = true;
    this.missing = 0;
    this.reports.event({ type: "arrived" });
  }

  private erred(error: ErrorData): void {
    if (error.type === "networkError") void this.mend(error);
    // What the element itself says, the player hears first hand.
    else if (error.fatal && !this.audio.error) this.reports.failed("broken");
  }

  /** Finds out what it was, then goes on: at the next edge if it was the edge. One at a time. */
  private async mend(error: ErrorData): Promise<void> {
    if (this.isMending || this.stopping.signal.aborted) return;
    this.isMending = true;
    const endedS = steadyS();
    this.hls?.stopLoad();
    if (error.response?.code === 503 && (await this.isHeld())) return;
    const isRefused = error.response?.code === 0 && !error.details.endsWith("TimeOut");
    const isWell = !isRefused && (await this.isEdgeWell());
    if (!isWell) this.lost();
    // An edge that holds a list for a stage that is away does what it should: it is asked again soon.
    const livedS = isWell ? GOOD_LIFE_S : this.hasArrived ? endedS - this.aliveSinceS : 0;
    this.reports.knocks.ended(steadyS(), Math.random(), { livedS });
    await paused(this.reports.knocks.next(steadyS(), Math.random()), this.stopping.signal);
    this.isMending = false;
    if (livedS >= GOOD_LIFE_S || !this.hasArrived) this.aliveSinceS = steadyS();
    // An edge that is far behind refuses to be asked for what it cannot have yet.
    this.goOn(error.response?.code !== 400);
  }

  /** Whether it was the door that refused: then the line decides when to come back. */
  private async isHeld(): Promise<boolean> {
    const { askIn } = await import("./hls-door");
    const answer = await askIn(this.edges.base, this.spaceId, this.reports.wallet);
    if (answer.kind !== "in_line" || this.stopping.signal.aborted) return false;
    this.reports.event({ type: "in_line", retryAfterS: answer.retryAfterS });
    return true;
  }

  /** Says what the edge knows, unless the edge itself is what is wrong. */
  private async isEdgeWell(): Promise<boolean> {
    const answer = await fetchSpace(this.spaceId, this.edges.base);
    if (this.stopping.signal.aborted) return true;
    if (answer === "unknown") this.missing++;
    const position = this.position();
    const found = diagnosis(answer, position && chunkAt(position.endS + SLACK_S), this.missing);
    if (!found.isEdgeToBlame) this.reports.event(found.event);
    return !found.isEdgeToBlame;
  }

  private lost(): void {
    this.edges.next();
    this.reports.event({ type: "lost" });
  }

  private goOn(isNear: boolean): void {
    const { hls } = this;
    if (!hls || this.stopping.signal.aborted) return;
    // Before the first list there is no position to go on from.
    if (hls.levels.length > 0) {
      if (isNear) this.tuneIn = tuneInQuery(hls.levels[0]?.details);
      hls.startLoad(-1);
    } else {
      hls.loadSource(this.address());
    }
    this.reports.play();
  }

  /** The page's own edge by name; which edge is really asked is decided by `xhrSetup`. */
  private address(): string {
    return `/s/${this.spaceId}${LIST}`;
  }
}
