/**
 * The listener's player: ties the source, the ticks, the clock and the state machine together.
 *
 * Comes in: the listener's presses. Goes out: a snapshot, and a call whenever it may have changed. No page in here.
 */
import { waitS } from "./backoff";
import { ServerClock } from "./clock";
import { Edges } from "./edges";
import { chunkAt } from "./grid";
import { HlsSource } from "./hls";
import { MseSource } from "./mse";
import type { Mode, Source } from "./source";
import { fetchSpace, type Space } from "./space";
import { FIRST, isTunedIn, next, type Event, type Listener } from "./state";
import { choose, thisBrowser, type Choice } from "./support";
import { TickQueue, speakingIn, type Person, type Tick } from "./tick";

const STEP_MS = 250;
const CLOCK_EVERY_MS = 60_000;
/** A little faster for a little late is nobody's concern; from here on the listener is told. */
const CATCHING_UP_OVER_S = 2.5;
/** A stall widens the distance to the live edge for so long. */
const STALL_COUNTS_MS = 60_000;
/** As many as the target can widen. */
const STALLS_MAX = 3;
/** Somebody who pressed Listen before the start is asked for more often than an open page. */
const POLL_ARMED_S = 2.5;
const POLL_IDLE_S = 8;

export interface Snapshot {
  readonly listener: Listener;
  readonly mode: Mode | null;
  readonly title: string;
  readonly people: readonly Person[];
  readonly speaking: Readonly<Record<string, number>>;
  readonly hearing: number | null;
  readonly latencyS: number | null;
  readonly currentTime: number | null;
  readonly stalls: number;
}

export class Player {
  readonly audio = new Audio();
  private readonly choice: Choice | null;
  private readonly clock = new ServerClock();
  private readonly edges = new Edges(location.origin);
  private listener: Listener = FIRST;
  private space: Space | null = null;
  private source: Source | null = null;
  private ticks = new TickQueue();
  private known: Tick | null = null;
  private isHeard = false;
  private readonly stalledAtMs: number[] = [];
  private stalls = 0;
  private step: ReturnType<typeof setInterval> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly spaceId: string,
    wish: { mode: string | null; codec: string | null },
    private readonly changed: () => void,
  ) {
    this.choice = choose(thisBrowser(this.audio), wish);
    this.audio.addEventListener("waiting", () => {
      if (this.listener.kind !== "live" || this.audio.seeking) return;
      this.stalls++;
      this.stalledAtMs.push(Date.now());
      if (this.stalledAtMs.length > STALLS_MAX) this.stalledAtMs.shift();
    });
    // A headset that was pulled, a phone call, the lock screen: the machine has stopped us, so we say so.
    this.audio.addEventListener("pause", () => {
      if (this.audio.paused && this.source?.position()) this.stop();
    });
  }

  /** False where the browser can play none of our formats. */
  get canPlay(): boolean {
    return this.choice !== null;
  }

  /** Begins to ask for the Space. */
  open(): void {
    void this.ask();
  }

  /** Must be called inside the listener's gesture. */
  listen(): void {
    // Safari lets an element play later only if it was touched in a gesture; before the start there is no source yet.
    if (!this.source) this.audio.load();
    this.event({ type: "listen" });
  }

  stop(): void {
    this.event({ type: "stop" });
  }

  snapshot(): Snapshot {
    const position = this.source?.position() ?? null;
    const people = this.known?.people ?? this.space?.people ?? [];
    // While nothing comes out of the speaker nobody is shown as speaking.
    const speaking = this.isHeard ? speakingIn(this.known) : [];
    return {
      listener: this.listener,
      mode: this.choice?.mode ?? null,
      title: this.known?.title ?? this.space?.title ?? "",
      people,
      speaking: Object.fromEntries(speaking.map((id) => [id, this.known?.speaking?.[id] ?? 0])),
      hearing: this.known?.audience?.hearing ?? null,
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
    this.changed();
  }

  private tuneIn(): void {
    if (!this.choice) return;
    const reports = {
      event: (event: Event) => this.event(event),
      tick: (tick: Tick) => this.ticks.push(tick),
      nowS: () => this.nowS(),
      epochMs: () => this.space?.epochMs ?? null,
      stallCount: () => this.stalledAtMs.filter((atMs) => Date.now() - atMs < STALL_COUNTS_MS).length,
    };
    this.ticks = new TickQueue();
    this.source =
      this.choice.mode === "mse"
        ? new MseSource(this.audio, this.spaceId, this.choice, this.edges, reports)
        : new HlsSource(this.audio, this.spaceId, this.choice.mode, reports);
    this.source.start();
    this.step = setInterval(() => this.tick(), STEP_MS);
    this.plan();
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
    const isFaster = this.source?.steer(latencyS, this.known?.cadence ?? 1) ?? false;
    const position = this.source?.position();
    if (!position) return this.changed();
    this.known = this.ticks.at(chunkAt(position.positionS)) ?? this.known;
    const isHurrying = isFaster && (latencyS ?? 0) > CATCHING_UP_OVER_S;
    this.isHeard = !this.audio.paused && !this.audio.seeking && this.audio.readyState >= 3;
    if (this.isHeard) this.event({ type: "heard", isHurrying, programme: this.known?.state ?? "on_air" });
    this.changed();
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
    const answer = await fetchSpace(this.spaceId, this.edges.base);
    if (typeof answer === "string") {
      // The stream moves by itself; a page that only waits for the Space asks the next edge.
      if (answer === "unreachable" && !this.source && this.edges.next()) return void this.ask();
      this.event({ type: "space", state: answer });
    } else {
      this.clock.measure(sentMs, Date.now(), answer.nowMs);
      this.space = answer;
      this.edges.learn(answer.edges);
      // Between talks the page says what the edge says; while listening, what the ear hears.
      if (!isTunedIn(this.listener)) this.known = null;
      this.event({ type: "space", state: answer.state });
    }
    this.plan();
    this.changed();
  }

  private plan(): void {
    clearTimeout(this.poll);
    if (this.listener.kind === "ended" || this.listener.kind === "unknown") return;
    // Without the epoch there is no latency: whoever pressed before the first answer is asked for soon.
    const isFollowed = isTunedIn(this.listener) && this.space?.epochMs != null;
    // hls.js may show no ticks, the browser's own HLS never does: then the page asks.
    const everyS = isFollowed && this.choice?.mode !== "mse" ? POLL_IDLE_S : CLOCK_EVERY_MS / 1000;
    const idleS = this.listener.wants ? POLL_ARMED_S : POLL_IDLE_S;
    const spread = waitS(0, Math.random(), isFollowed ? everyS : idleS);
    this.poll = setTimeout(() => void this.ask(), spread * 1000);
  }
}
