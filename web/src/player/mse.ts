/**
 * Our own way to the ear: one endless response, its chunks appended to a SourceBuffer.
 *
 * Comes in: `live.mp4`. Goes out: sound, ticks, and reports of what happened. A connection that is lost is opened
 * again at exactly the next chunk (`?from=`), so nothing is missed or heard twice.
 */
import { retryAfterS } from "./backoff";
import { BadStream } from "./boxes";
import { SoundBuffer } from "./buffer";
import { MISSING_MAX, diagnosis } from "./diagnosis";
import type { Edges } from "./edges";
import { CHUNK_S } from "./grid";
import { Holes } from "./holes";
import { paused, steadyS, type End } from "./knocks";
import { InHand } from "./in-hand";
import { ENOUGH_S, RATE_MAX, furthestS, pace, startAt, targetS } from "./pace";
import { rangeAt, rangesOf } from "./ranges";
import { refused } from "./refusal";
import type { Position, Reports, Source } from "./source";
import { fetchSpace } from "./space";
import { StreamReader, type Part } from "./stream";
import type { Choice } from "./support";
import type { Tick } from "./tick";

/** A chunk is due every 0.64 s; three missing ones are a question to the edge. */
const QUIET_S = 2;
/** While the stage is away the edge is asked this often, not the stream opened again. */
const ASK_AGAIN_S = 3;

const NEVER: End = { livedS: 0 };

export class MseSource implements Source {
  readonly mode = "mse";
  readonly lateS = 2.5;
  private readonly stopping = new AbortController();
  private buffer: SoundBuffer | null = null;
  private nextChunk: number | null = null;
  private hasStarted = false;
  /** As the newest tick tells it: it comes into force seconds after it is told, when the player has made ready. */
  private cadence = 1;
  private readonly inHand = new InHand();
  private missing = 0;
  private readonly holes = new Holes();

  constructor(
    private readonly audio: HTMLMediaElement,
    private readonly spaceId: string,
    private readonly choice: Choice,
    private readonly edges: Edges,
    private readonly reports: Reports,
  ) {}

  start(): void {
    const media = new MediaSource();
    const url = URL.createObjectURL(media);
    this.audio.src = url;
    media.addEventListener(
      "sourceopen",
      () => {
        URL.revokeObjectURL(url);
        if (this.stopping.signal.aborted) return;
        this.buffer = new SoundBuffer(media, this.audio, this.choice.type, () => this.begin(false));
        void this.run();
      },
      { once: true },
    );
    this.reports.play();
  }

  stop(): void {
    this.stopping.abort();
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  position(): Position | null {
    if (!this.hasStarted || !this.buffer) return null;
    const positionS = this.audio.currentTime;
    const found = rangeAt(rangesOf(this.buffer.buffered), positionS);
    return { positionS, endS: found && !found.isJump ? found.range.endS : positionS };
  }

  steer(latencyS: number | null): boolean {
    if (!this.buffer) return false;
    if (!this.hasStarted) this.begin(true);
    const positionS = this.audio.currentTime;
    const found = rangeAt(rangesOf(this.buffer.buffered), positionS);
    if (!found) return false;
    const target = targetS(this.reports.stallCount(), this.cadence);
    if (found.isJump) {
      this.goTo(startAt(found.range, this.reports.nowS(), target));
      return false;
    }
    const ear = {
      positionS,
      endS: found.range.endS,
      latencyS,
      targetS: target,
      furthestS: furthestS(this.cadence),
      missingS: this.inHand.missingS(steadyS(), ENOUGH_S, this.cadence),
      rate: this.audio.playbackRate,
    };
    const { rate, jumpToS: paceToS } = pace(ear);
    const jumpToS = paceToS ?? this.holes.skipFrom(ear);
    if (jumpToS !== null) this.goTo(jumpToS);
    if (this.audio.playbackRate !== rate) this.audio.playbackRate = rate;
    return rate === RATE_MAX || jumpToS !== null;
  }

  /**
   * Sets the ear down in the first sound.
   *
   * A response begins with chunks that are two or three old: as long as the place to start at is not in the buffer
   * yet, the next of them is worth waiting for; `isLate` says that the wait (at most 0.25 s) is over.
   */
  private begin(isLate: boolean): void {
    const range = rangesOf(this.buffer?.buffered ?? null).at(-1);
    if (this.hasStarted || !range || range.endS - range.startS < CHUNK_S - 0.05) return;
    const nowS = this.reports.nowS();
    const target = targetS(this.reports.stallCount(), this.cadence);
    const isNear = nowS !== null && nowS - target <= range.endS;
    if (!isNear && !isLate) return;
    this.hasStarted = true;
    this.goTo(startAt(range, nowS, target));
  }

  private goTo(positionS: number): void {
    this.audio.currentTime = positionS;
    this.inHand.forget();
  }

  private async run(): Promise<void> {
    const { knocks } = this.reports;
    for (;;) {
      await paused(knocks.next(steadyS(), Math.random()), this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      const end = await this.connection();
      knocks.ended(steadyS(), Math.random(), end);
    }
  }

  /** One connection, from its request to its end; reports what the end means. */
  private async connection(): Promise<End> {
    const quiet = new Watchdog(this.stopping.signal, () => this.isStageSilent());
    try {
      const answer = await fetch(this.address(), { signal: quiet.signal, cache: "no-store" });
      if (!answer.ok || !answer.body) return await this.refused(answer);
      this.reports.wallet.keep("pass", answer.headers.get("Stentor-Pass"));
      await this.read(answer.body, quiet);
      // An edge ends every stream now and then, after a whole chunk; the buffer bridges the way back.
      if (!quiet.hadChunk) this.lost();
      return { livedS: quiet.livedS, isInOrder: true };
    } catch (error) {
      if (this.stopping.signal.aborted) return NEVER;
      // A stream that is not ours cannot be resumed; anything else is the line.
      if (error instanceof BadStream) this.nextChunk = null;
      this.lost();
      return { livedS: quiet.livedS };
    } finally {
      quiet.stop();
    }
  }

  private async read(body: ReadableStream<Uint8Array>, quiet: Watchdog): Promise<void> {
    const stream = new StreamReader();
    const reader = body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (const part of stream.push(value)) this.take(part, quiet);
    }
  }

  private take(part: Part, quiet: Watchdog): void {
    if (part.kind === "tick") this.hear(part.tick);
    else if (part.kind === "init") this.buffer?.append(part.bytes);
    else {
      quiet.feed(QUIET_S + (this.cadence - 1) * CHUNK_S);
      if (this.nextChunk !== null && part.number < this.nextChunk) return;
      this.nextChunk = part.number + 1;
      this.missing = 0;
      const position = this.audio.seeking ? null : this.position();
      if (position) this.inHand.came(steadyS(), position.endS - position.positionS);
      if (part.isHole) this.hole(part.number);
      this.buffer?.append(part.bytes);
      this.reports.event({ type: "arrived" });
    }
  }

  private hear(tick: Tick): void {
    this.cadence = tick.cadence ?? (tick.full ? 1 : this.cadence);
    this.reports.tick(tick);
  }

  private hole(number: number): void {
    this.holes.add(number);
    this.reports.tick({ n: number, speaking: {} });
  }

  private async refused(answer: Response): Promise<End> {
    const knockAfterS = retryAfterS(answer.headers.get("Retry-After"));
    switch (answer.status) {
      case 400:
        // Our next chunk is older than the log or the Space has begun anew: join where it is now.
        this.nextChunk = null;
        return NEVER;
      case 404:
        this.missing++;
        this.reports.event({ type: this.nextChunk === null || this.missing > MISSING_MAX ? "missing" : "lost" });
        break;
      case 410:
        this.reports.event({ type: "over" });
        break;
      case 503:
        if (await this.isKeptOut(answer, knockAfterS)) return NEVER;
        break;
      default:
        this.lost();
    }
    return { livedS: 0, retryAfterS: knockAfterS };
  }

  /** @returns whether its own `Retry-After` is not ours to wait for. */
  private async isKeptOut(answer: Response, retryAfterS: number | null): Promise<boolean> {
    const why = await refused(answer, this.reports.wallet);
    if (why === "in_line") {
      this.reports.event({ type: "in_line", retryAfterS });
      return true;
    }
    if (this.nextChunk !== null) {
      this.lost();
      // An edge names a time to come back to it; another edge has none.
      return this.edges.count > 1;
    }
    this.edges.next();
    this.reports.event({ type: why === "busy" ? "busy" : "not_on_air" });
    return false;
  }

  /** The next attempt is another edge's, if there is one. */
  private lost(): void {
    this.edges.next();
    this.reports.event({ type: "lost" });
  }

  /** Nothing came for a while: is it our line, or has the edge nothing newer either? */
  private async isStageSilent(): Promise<boolean> {
    const { event } = diagnosis(await fetchSpace(this.spaceId, this.edges.base), this.nextChunk, this.missing);
    if (event.type !== "stage_silent") return false;
    this.reports.event(event);
    return true;
  }

  private address(): string {
    const from = this.nextChunk === null ? "" : `&from=${this.nextChunk}`;
    return `${this.edges.base}/s/${this.spaceId}/live.mp4?codec=${this.choice.codec}${from}${this.reports.wallet.query()}`;
  }
}

/** Ends a connection that has gone quiet, unless a question says that quiet is right. */
class Watchdog {
  private firstS: number | null = null;
  private readonly ending = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stopping: AbortSignal,
    private readonly isQuietRight: () => Promise<boolean>,
  ) {
    stopping.addEventListener("abort", this.end, { once: true });
    this.arm(2 * QUIET_S);
  }

  get hadChunk(): boolean {
    return this.firstS !== null;
  }

  /** How long the connection has brought chunks. */
  get livedS(): number {
    return this.firstS === null ? 0 : steadyS() - this.firstS;
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  feed(limitS: number): void {
    this.firstS ??= steadyS();
    this.arm(limitS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopping.removeEventListener("abort", this.end);
  }

  private arm(limitS: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), limitS * 1000);
  }

  private async ask(): Promise<void> {
    const asked = this.timer;
    const isRight = await this.isQuietRight();
    if (asked !== this.timer) return; // A chunk came while we asked.
    if (isRight) this.arm(ASK_AGAIN_S * (0.75 + 0.5 * Math.random()));
    else this.end();
  }

  private readonly end = (): void => this.ending.abort();
}
