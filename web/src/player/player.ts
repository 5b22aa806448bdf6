/**
 * The listener's player: ties the source, the ticks, the clock and the state machine together.
 *
 * Comes in: the listener's presses. Goes out: a snapshot, and a call whenever it may have changed. No page in here.
 */
import { waitS } from "./backoff";
import { ServerClock } from "./clock";
import { Edges } from "./edges";
import { chunkAt } from "./grid";
import type { Line } from "../line/line";
import { Knocks, steadyS } from "./knocks";
import { LateSource } from "./late";
import { MseSource } from "./mse";
import type { NativeSource } from "./native";
import { pollS, replayPollS } from "./patience";
import { RetryBudget } from "./retry-budget";
import type { Mode, Reports, Source } from "./source";
import { factsOf, type Facts } from "./snapshot";
import { fetchSpace, type Space } from "./space";
import { FIRST, isTunedIn, next, type Event, type Listener } from "./state";
import { choose, thisBrowser, type Choice } from "./support";
import { TickQueue, speakingIn, type Tick } from "./tick";
import { Repairs, StillEar, troubleOf, type Trouble } from "./trouble";
import { Wallet } from "./wallet";

const STEP_MS = 250;
const CLOCK_EVERY_MS = 60_000;
/** A stall widens the distance to the live edge for so long. */
const STALL_COUNTS_MS = 60_000;
/** An edge that is a moment behind the line is not asked all the time. */
const ASK_AGAIN_MS = 2_500;
/** As many as the target can widen. */
const STALLS_MAX = 3;
const AFTER_END_MS = 1_500;
/** Who follows the line's clock hears from it of the beginning and the end. */
const IN_LINE_S = 60;
/** hls.js may show no ticks, the browser's own HLS never does: then the page asks. */
const TICKLESS_S = 8;

export interface Snapshot extends Facts {
  readonly listener: Listener;
  readonly mode: Mode | null;
  readonly speaking: Readonly<Record<string, number>>;
  /** The server's wall time, as well as it is known here. */
  readonly serverMs: number;
  readonly latencyS: number | null;
  readonly currentTime: number | null;
  readonly stalls: number;
}

/** Which Space. */
export interface Place {
  /** As in its link: the id, for a private Space `id.key`. */
  readonly name: string;
  /** Origin of the house, for a page of somebody else's. */
  readonly home?: string;
}

export interface Hooks {
  /** The snapshot may have changed. */
  changed(): void;
  /** The audience has reacted, as heard now. */
  reacted?(counts: Readonly<Record<string, number>>): void;
}

export class Player {
  readonly audio = new Audio();
  private readonly choice: Choice | null;
  private readonly clock = new ServerClock();
  private readonly edges: Edges;
  private readonly knocks = new Knocks();
  private readonly repairs = new Repairs();
  private readonly retries = new RetryBudget();
  private readonly wallet: Wallet;
  /** One ticket is one session: two tabs that play with it would take each other's seat, again and again. */
  private readonly tabs = new BroadcastChannel("stentor.listening");
  private stillEar = new StillEar();
  private unreached = 0;
  private askedMs = 0;
  private listener: Listener = FIRST;
  private space: Space | null = null;
  private source: Source | null = null;
  private ticks = new TickQueue();
  private known: Tick | null = null;
  private native: typeof NativeSource | null = null;
  private isHeard = false;
  private isClosed = false;
  /** Loaded when somebody has to wait, or may be drawn. */
  private line: Line | null = null;
  private isLineAsked = false;
  /** The line has been looked at, or was left by a press: it is not looked at again by itself. */
  private isLineKnown = false;
  /** Called, but the seat was gone: not before this. */
  private callableAtMs = 0;
  private readonly stalledAtMs: number[] = [];
  private stalls = 0;
  private step: ReturnType<typeof setInterval> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly place: Place,
    private readonly wish: { mode?: string | null; codec?: string | null; isInDraw?: boolean },
    private readonly hooks: Hooks,
  ) {
    this.wallet = new Wallet(place.name, place.home);
    this.edges = new Edges(place.home ?? location.origin, place.home);
    this.choice = choose(thisBrowser(this.audio), wish);
    this.tabs.onmessage = ({ data }) => {
      if (this.source && data === this.wallet.ticket) this.stop();
    };
    this.audio.addEventListener("waiting", () => {
      if (this.listener.kind !== "live" || this.audio.seeking) return;
      this.stalls++;
      this.stalledAtMs.push(Date.now());
      if (this.stalledAtMs.length > STALLS_MAX) this.stalledAtMs.shift();
    });
    this.audio.addEventListener("error", () => this.erred());
    // Only a list that says its end lets the element come to one.
    this.audio.addEventListener("ended", () => this.event({ type: "over" }));
    // A headset that was pulled, a phone call, the lock screen: the machine has stopped us, so we say so.
    this.audio.addEventListener("pause", () => {
      if (this.audio.paused && this.source?.position()) this.stop();
    });
  }

  /** False where the browser can play none of our formats. */
  get canPlay(): boolean {
    return this.choice !== null;
  }

  /** What addresses of the edge in use begin with. */
  get base(): string {
    return this.edges.base;
  }

  /** While there is one to stand in, or a draw to be in. */
  get inLine(): Line | null {
    return this.line?.isOn ? this.line : null;
  }

  /** Begins to ask for the Space. */
  open(): void {
    void this.ask();
    if (this.choice?.mode === "native") void import("./native").then(({ NativeSource }) => (this.native = NativeSource), () => undefined);
  }

  /** Must be called inside the listener's gesture. */
  listen(): void {
    // Safari lets an element play later only if it was touched in a gesture; before the start there is no source yet.
    if (!this.source) this.audio.load();
    this.knocks.forgive();
    this.event({ type: "listen" });
    this.heed();
  }

  stop(): void {
    this.isLineKnown = true;
    this.event({ type: "stop" });
  }

  /** Stops, and asks no more. */
  close(): void {
    this.stop();
    clearTimeout(this.poll);
    this.line?.stop();
    this.tabs.close();
    this.isClosed = true;
  }

  snapshot(): Snapshot {
    const position = this.source?.position() ?? null;
    // While nothing comes out of the speaker nobody is shown as speaking.
    const speaking = this.isHeard ? speakingIn(this.known) : [];
    return {
      ...factsOf(this.known, this.space),
      listener: this.listener,
      mode: this.choice?.mode ?? null,
      speaking: Object.fromEntries(speaking.map((id) => [id, this.known?.speaking?.[id] ?? 0])),
      serverMs: this.serverMs(),
      latencyS: this.latencyS(),
      currentTime: position?.positionS ?? null,
      stalls: this.stalls,
    };
  }

  private event(event: Event): void {
    const before = this.listener;
    this.listener = next(before, event, Date.now());
    if (this.listener === before) return;
    if (isTunedIn(this.listener) && !this.source) this.tuneIn();
    if (!isTunedIn(this.listener) && this.source) this.tuneOut();
    if (this.listener.wants !== before.wants) this.plan();
    this.lookForLine();
    // When it ended and whether there is a replay is in the edge's answer, not in the last tick.
    if (this.listener.kind === "ended" && isTunedIn(before)) this.poll = setTimeout(() => void this.ask(), AFTER_END_MS);
    this.hooks.changed();
  }

  private tuneIn(): void {
    if (!this.choice) return;
    const reports: Reports = {
      knocks: this.knocks,
      wallet: this.wallet,
      play: () => this.play(),
      event: (event: Event) => (event.type === "in_line" ? this.held(event.retryAfterS) : this.event(event)),
      failed: (why: Trouble) => this.failed(why),
      tick: (tick: Tick) => this.ticks.push(tick),
      nowS: () => this.nowS(),
      epochMs: () => this.space?.epochMs ?? null,
      stallCount: () => this.stalledAtMs.filter((atMs) => Date.now() - atMs < STALL_COUNTS_MS).length,
    };
    if (this.wallet.ticket) this.tabs.postMessage(this.wallet.ticket);
    this.ticks = new TickQueue();
    this.stillEar = new StillEar();
    this.source = this.sourceFor(this.choice, reports);
    this.source.start();
    this.step = setInterval(() => this.tick(), STEP_MS);
    this.plan();
  }

  private sourceFor(choice: Choice, reports: Reports): Source {
    switch (choice.mode) {
      case "mse":
        return new MseSource(this.audio, this.place.name, choice, this.edges, reports);
      case "hls":
        return new LateSource("hls", this.audio, () => this.hlsJs(reports), reports);
      case "native":
        // An iPhone's `play()` must happen inside the press: the code has been there for long, on all but the slowest lines.
        return this.native
          ? new this.native(this.audio, this.place.name, this.edges, reports)
          : new LateSource("native", this.audio, () => this.nativeHls(reports), reports);
    }
  }

  private async nativeHls(reports: Reports): Promise<Source> {
    const { NativeSource } = await import("./native");
    return new NativeSource(this.audio, this.place.name, this.edges, reports);
  }

  private async hlsJs(reports: Reports): Promise<Source> {
    const { HlsJsSource } = await import("./hlsjs");
    return new HlsJsSource(this.audio, this.place.name, this.edges, reports);
  }

  private play(): void {
    this.audio.play().catch((error: unknown) => {
      // The browser wants a gesture first: back to the button. An abort is our own stop; the rest errs by itself.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.event({ type: "stop" });
    });
  }

  private erred(): void {
    const { error } = this.audio;
    const trouble = error && troubleOf(error, this.choice?.mode === "native");
    if (trouble) this.failed(trouble);
  }

  /** A browser that broke is tried again by itself a few times; a machine without a sound output is not. */
  private failed(why: Trouble): void {
    if (!this.source) return;
    if (why === "no_output" || !this.repairs.may(steadyS())) return this.event({ type: "failed", why });
    this.knocks.ended(steadyS(), Math.random(), { livedS: 0 });
    this.tuneOut();
    this.event({ type: "again" });
    if (!this.source) this.tuneIn();
  }

  private tuneOut(): void {
    clearInterval(this.step);
    this.source?.stop();
    this.source = null;
    this.isHeard = false;
    this.plan();
  }

  /** Four times a second: where is the ear, what does it hear, does it keep up. */
  private tick(): void {
    const latencyS = this.latencyS();
    const isFaster = this.source?.steer(latencyS) ?? false;
    const position = this.source?.position();
    if (this.stillEar.look(this.audio.paused || this.audio.seeking ? null : (position ?? null))) {
      return this.failed("no_output");
    }
    if (position) this.known = this.ticks.at(chunkAt(position.positionS)) ?? this.known;
    const reactions = this.ticks.reactionsHeard();
    const isHurrying = isFaster && (latencyS ?? 0) > (this.source?.lateS ?? 0);
    this.isHeard = !this.audio.paused && !this.audio.seeking && this.audio.readyState >= 3;
    if (this.isHeard) {
      this.event({ type: "heard", isHurrying, programme: this.programme() });
      this.hooks.reacted?.(reactions);
    }
    this.hooks.changed();
  }

  /** The Space's state at the ear. The browser's own HLS shows no ticks, and comes to its end by itself. */
  private programme(): string {
    const said = this.space?.state;
    return this.known?.state ?? (said === "paused" || said === "ending" ? said : "on_air");
  }

  private serverMs(): number {
    return this.clock.at(Date.now()) ?? Date.now();
  }

  private nowS(): number | null {
    const nowMs = this.clock.at(Date.now());
    const epochMs = this.space?.epochMs ?? null;
    return nowMs === null || epochMs === null ? null : (nowMs - epochMs) / 1000;
  }

  private latencyS(): number | null {
    const nowS = this.nowS();
    const position = this.source?.position();
    return nowS === null || !position ? null : nowS - position.positionS;
  }

  private async ask(): Promise<void> {
    const sentMs = Date.now();
    this.askedMs = sentMs;
    const answer = await fetchSpace(this.place.name, this.edges.base);
    if (this.isClosed) return;
    if (typeof answer === "string") {
      this.unreached = answer === "unreachable" ? this.unreached + 1 : 0;
      // The stream moves by itself; a page that only waits for the Space asks the next edge, each once, then rests.
      const isNext = answer === "unreachable" && !this.source && this.edges.next();
      if (isNext && this.unreached % this.edges.count !== 0 && this.retries.spend()) return void this.ask();
      this.event({ type: "space", state: answer });
    } else {
      this.unreached = 0;
      this.retries.earn(1);
      this.clock.measure(sentMs, Date.now(), answer.nowMs);
      this.space = answer;
      this.edges.learn(answer.edges);
      // Between talks the page says what the edge says; while listening, what the ear hears.
      if (!isTunedIn(this.listener)) this.known = null;
      this.event({ type: "space", state: answer.state });
      this.lookForLine();
    }
    this.plan();
    this.hooks.changed();
  }

  private plan(): void {
    clearTimeout(this.poll);
    if (this.listener.kind === "unknown") return;
    if (this.listener.kind === "ended") return this.planReplay();
    // Without the epoch there is no latency: whoever pressed before the first answer is asked for soon.
    const isFollowed = isTunedIn(this.listener) && this.space?.epochMs != null;
    const everyS = this.choice?.mode === "mse" ? CLOCK_EVERY_MS / 1000 : TICKLESS_S;
    const startsMs = this.listener.kind === "waiting" ? (this.space?.startsMs ?? null) : null;
    const idleS = pollS(this.listener.wants, startsMs === null ? null : (startsMs - this.serverMs()) / 1000);
    this.askIn(isFollowed ? everyS : this.inLine ? IN_LINE_S : idleS);
  }

  /** An edge has no seat, but a place. */
  private held(retryAfterS: number | null): void {
    // Whoever is let in by the line and finds no seat knocks again when the house said; all others when they are called.
    this.callableAtMs = Date.now() + waitS(0, Math.random(), retryAfterS ?? 1) * 1000;
    this.event({ type: "in_line", retryAfterS });
  }

  private needsLine(): boolean {
    const { kind, wants } = this.listener;
    if (kind === "in_line") return true;
    if (kind === "waiting") return (wants || this.wish.isInDraw === true) && this.space?.doors === "lobby";
    // Somebody comes back who had a place; who has a pass needs none.
    return kind === "ready" && !this.isLineKnown && this.wallet.ticket !== null && this.wallet.pass === null;
  }

  private lookForLine(): void {
    if (!this.needsLine()) return this.line?.stop();
    if (this.line) this.line.start();
    else if (!this.isLineAsked) void this.loadLine();
  }

  private async loadLine(): Promise<void> {
    this.isLineAsked = true;
    try {
      const { Line } = await import("../line/line");
      this.line = new Line(this.place.name, this.edges, this.wallet, {
        told: () => this.heed(),
        changed: () => this.hooks.changed(),
      });
    } catch {
      this.isLineAsked = false; // The edge died in between: the next answer of any edge tries again.
    }
    if (!this.isClosed) this.lookForLine();
  }

  /** The line knows before the Space's own answer that it has begun, or is over; edges may be a moment behind. */
  private askOnce(): void {
    if (Date.now() < this.askedMs + ASK_AGAIN_MS) return;
    void this.ask();
  }

  /** The line has said something, or somebody has pressed. */
  private heed(): void {
    const { inLine } = this;
    if (!inLine) return;
    const { standing } = inLine;
    const { kind, wants } = this.listener;
    if (standing === null || standing.isLost) {
      // No clock: gates decide alone then, so whoever waits knocks now and then instead.
      if (kind === "in_line" && wants && inLine.silentS > inLine.patienceS && Date.now() >= this.callableAtMs) this.event({ type: "called" });
    } else if (standing.isOver || (kind === "waiting" && !standing.isDraw)) this.askOnce();
    else if (kind === "ready") {
      this.isLineKnown = true;
      if (standing.isCalled) this.line?.stop();
      else this.event({ type: "in_line", retryAfterS: null });
    } else if (standing.isCalled && wants && Date.now() >= this.callableAtMs) this.event({ type: "called" });
  }

  private planReplay(): void {
    if (!this.space) return;
    const { isRecorded, hasReplay, endedMs } = this.space;
    const endedAgoS = endedMs === null ? null : (this.serverMs() - endedMs) / 1000;
    const everyS = replayPollS({ isRecorded, hasReplay, endedAgoS });
    if (everyS !== null) this.askIn(everyS);
  }

  /** Spread, so that a crowd does not ask in step. */
  private askIn(seconds: number): void {
    this.poll = setTimeout(() => void this.ask(), waitS(0, Math.random(), seconds) * 1000);
  }
}
