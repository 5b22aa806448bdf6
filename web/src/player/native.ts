/**
 * The browser's own HLS (iPhone): an address, and hope.
 *
 * It says little about what went wrong: an error without a status, or nothing at all and an ear that stands still. In
 * both cases the edge is asked how it is; if it is to blame, the next edge's address is played, near live.
 */
import { diagnosis } from "./diagnosis";
import type { Edges } from "./edges";
import { chunkAt } from "./grid";
// Not loaded when it is needed: the edge that the page came from may be the one that has died.
import { askIn } from "./hls-door";
import { GOOD_LIFE_S, paused, steadyS } from "./knocks";
import { rangeAt, rangesOf } from "./ranges";
import type { Position, Reports, Source } from "./source";
import { fetchSpace } from "./space";

/** Looks are four a second. A live ear that has not moved for so long has run dry. */
const STILL_LOOKS_MAX = 16;
/** Positions are read from dates of whole milliseconds; a buffer's end just short of a border is that border. */
const SLACK_S = 0.1;
/** The pass in the list's address is good for three hours: the page has a fresh one long before. */
const RENEW_S = 3_600;

export class NativeSource implements Source {
  readonly mode = "native";
  readonly lateS = Number.POSITIVE_INFINITY;
  private readonly stopping = new AbortController();
  private isMending = false;
  private startedS = 0;
  private renewedS = steadyS();
  private hasPlayed = false;
  private stillLooks = 0;
  private atS = 0;
  private missing = 0;

  constructor(
    private readonly audio: HTMLMediaElement,
    private readonly spaceId: string,
    private readonly edges: Edges,
    private readonly reports: Reports,
  ) {}

  start(): void {
    const { signal } = this.stopping;
    this.audio.addEventListener("error", () => void this.mend(), { signal });
    this.audio.addEventListener("timeupdate", () => this.moved(), { signal });
    // The first knock is the listener's own, and `play()` must happen inside the press.
    this.reports.knocks.next(steadyS(), 0);
    const { pass, ticket } = this.reports.wallet;
    if (!pass && ticket) void this.askIn().then((isIn) => isIn && this.open());
    else this.open();
  }

  stop(): void {
    this.stopping.abort();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  position(): Position | null {
    const epochMs = this.reports.epochMs();
    const start = startDate(this.audio);
    if (!start || epochMs === null) return null;
    const positionS = (start.getTime() - epochMs) / 1000 + this.audio.currentTime;
    const found = rangeAt(rangesOf(this.audio.buffered), this.audio.currentTime);
    const aheadS = found && !found.isJump ? found.range.endS - this.audio.currentTime : 0;
    return { positionS, endS: positionS + aheadS };
  }

  /** The browser keeps its own distance; here it is only watched. `stalled` is fired for no reason, so it is not used. */
  steer(): boolean {
    if (steadyS() - this.renewedS > RENEW_S && this.reports.wallet.pass) void this.askIn();
    const isMoving = this.audio.paused || this.audio.currentTime !== this.atS;
    this.atS = this.audio.currentTime;
    this.stillLooks = isMoving ? 0 : this.stillLooks + 1;
    if (this.stillLooks >= STILL_LOOKS_MAX) {
      this.stillLooks = 0;
      void this.mend();
    }
    return false;
  }

  private open(): void {
    this.startedS = steadyS();
    this.hasPlayed = false;
    this.audio.src = `${this.edges.base}/s/${this.spaceId}/hls/index.m3u8${this.query()}`;
    this.reports.play();
  }

  private query(): string {
    const { pass } = this.reports.wallet;
    return pass ? `?pass=${pass}` : "";
  }

  /** @returns whether lists may be asked for, as far as the door says. */
  private async askIn(): Promise<boolean> {
    this.renewedS = steadyS();
    const answer = await askIn(this.edges.base, this.spaceId, this.reports.wallet);
    if (this.stopping.signal.aborted) return false;
    if (answer.kind === "in_line") this.reports.event({ type: "in_line", retryAfterS: answer.retryAfterS });
    return answer.kind !== "in_line";
  }

  private moved(): void {
    // Setting a new address fires one `timeupdate` at 0.
    if (this.audio.currentTime === 0 || this.isMending) return;
    this.hasPlayed = true;
    this.missing = 0;
    this.reports.event({ type: "arrived" });
  }

  private async mend(): Promise<void> {
    if (this.isMending || this.stopping.signal.aborted) return;
    this.isMending = true;
    const livedS = this.hasPlayed ? steadyS() - this.startedS : 0;
    // The element says nothing of why; a list that was refused for want of a pass looks like any other.
    if (!(await this.askIn())) return;
    const answer = await fetchSpace(this.spaceId, this.edges.base);
    if (this.stopping.signal.aborted) return;
    if (answer === "unknown") this.missing++;
    const position = this.position();
    const { event, isEdgeToBlame } = diagnosis(answer, position && chunkAt(position.endS + SLACK_S), this.missing);
    if (isEdgeToBlame) this.edges.next();
    this.reports.event(event);
    // An edge that is well and has nothing newer is asked again soon: the stage comes back.
    this.reports.knocks.ended(steadyS(), Math.random(), { livedS: isEdgeToBlame ? livedS : GOOD_LIFE_S });
    await paused(this.reports.knocks.next(steadyS(), Math.random()), this.stopping.signal);
    this.isMending = false;
    if (!this.stopping.signal.aborted) this.open();
  }
}

/** Safari's way to tell the wall time of the media's beginning (from PROGRAM-DATE-TIME). */
function startDate(audio: HTMLMediaElement): Date | null {
  if (!("getStartDate" in audio) || typeof audio.getStartDate !== "function") return null;
  const start: unknown = audio.getStartDate();
  return start instanceof Date && !Number.isNaN(start.getTime()) ? start : null;
}
