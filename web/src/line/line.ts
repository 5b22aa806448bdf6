/**
 * The line as one page stands in it: follows the clock, keeps the ticket, knows its own place.
 *
 * Comes in: `line.json`, the same for everybody. Goes out: where this ticket stands, and a call whenever that may have
 * changed. Never: a question about this place to anybody; a request sooner than the house dictates, whatever the
 * listener does: who reloads has the same ticket, who hammers sees the same clock.
 */
import { retryAfterS, waitS } from "../player/backoff";
import type { Edges } from "../player/edges";
import { paused, steadyS } from "../player/knocks";
import type { Wallet } from "../player/wallet";
import { Bid } from "./bid";
import { LINE } from "../i18n/line";
import { Speech, type Language } from "../i18n/language";
import { isKept, placeOf } from "./draw";
import { clockFrom, type LineClock } from "./line-clock";
import { inOneSentence } from "./said";
import { isOver, ticketFrom, type Ticket } from "./ticket";
import { standing, type Standing } from "./standing";

const TIMEOUT_MS = 5_000;
const REDRAW_MS = 1_000;
/** Everybody asks at another moment of the time they were told. */
const SPREAD = 1 / 3;
/** A clock is not asked for more seldom than this while nobody answers. */
const SILENT_S_MAX = 30;
/** A crowd that opens its pages at once asks for its tickets over these. */
const DRAW_SPREAD_S = 3;

const PATIENCE_S = 15;
const PATIENCE_SPREAD_S = 30;

export interface LineHooks {
  /** There is a newer clock, or a second has passed. */
  told(): void;
  changed(): void;
}

export class Line {
  readonly bid: Bid;
  /** Without a new clock for so long we may knock; everybody's is another, or all would knock at once. */
  readonly patienceS = PATIENCE_S + PATIENCE_SPREAD_S * Math.random();
  private clock: LineClock | null = null;
  private toldS = steadyS();
  private isManyHere = false;
  /** What the house had committed itself to before the doors opened. */
  private commitment = "";
  private stopping: AbortController | null = null;
  private attempt = 0;
  private takings = 0;
  private takeDueS = 0;
  private hereDueS = 0;

  constructor(
    private readonly name: string,
    private readonly edges: Edges,
    private readonly wallet: Wallet,
    private readonly hooks: LineHooks,
  ) {
    this.bid = new Bid((body) => this.post("bid", body), wallet, () => hooks.changed());
  }

  get isOn(): boolean {
    return this.stopping !== null;
  }

  /** Since the last clock that was new. */
  get silentS(): number {
    return steadyS() - this.toldS;
  }

  /** Null before the first clock. */
  get standing(): Standing | null {
    const { clock } = this;
    if (!clock) return null;
    const ticket = this.ticket();
    const place = ticket && clock.seed !== null ? placeOf(ticket, clock.seed) : null;
    const kept = this.commitment && clock.seed !== null ? isKept(this.commitment, clock.seed) : null;
    return standing(clock, { place, hasTicket: ticket !== null, toldAgoS: this.silentS, patienceS: this.patienceS, isDrawTrue: kept, isManyHere: this.isManyHere });
  }

  /** Where there is room for one sentence. */
  sentence(language: Language): string | null {
    const now = this.standing;
    return now && inOneSentence(now, new Speech(language, LINE[language]));
  }

  start(): void {
    if (this.stopping) return;
    this.stopping = new AbortController();
    void this.follow(this.stopping.signal);
    void this.sayHere(this.stopping.signal);
    const redraw = setInterval(() => (this.hooks.told(), this.hooks.changed()), REDRAW_MS);
    this.stopping.signal.addEventListener("abort", () => clearInterval(redraw));
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = null;
    this.bid.stop();
  }

  private ticket(): Ticket | null {
    const found = ticketFrom(this.wallet.ticket);
    if (!found || !isOver(found, this.clock?.atMs ?? Date.now())) return found;
    this.wallet.drop("ticket");
    return null;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    if (!this.ticket()) await paused(Math.random() * DRAW_SPREAD_S, signal);
    while (!signal.aborted) {
      const knownS = await this.look(signal);
      if (signal.aborted) return;
      this.hooks.told();
      this.hooks.changed();
      await this.awake(knownS, signal);
    }
  }

  /** Asks for the clock, and for a ticket where there is none. @returns when to ask again. */
  private async look(signal: AbortSignal): Promise<number> {
    const answer = await this.ask("line.json", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (signal.aborted) return 0;
    const clock = answer?.ok ? clockFrom(await told(answer)) : null;
    if (!clock) return this.later(answer);
    this.attempt = 0;
    // An edge that hears nothing new serves the old one on.
    if (clock.number !== this.clock?.number) this.toldS = steadyS();
    this.clock = clock;
    if (clock.seed === null) this.commitment ||= clock.commitment;
    const needsTicket = clock.doors === "lobby" || clock.doors === "held";
    if (needsTicket && !this.ticket()) await this.take();
    this.bid.look(clock.heat, this.ticket());
    const chance = 1 + SPREAD * (2 * Math.random() - 1);
    return (this.standing?.pollS ?? clock.pollS) * chance;
  }

  private later(answer: Response | null): number {
    if (!answer) this.edges.next();
    const toldS = retryAfterS(answer?.headers.get("Retry-After") ?? null);
    return Math.min(SILENT_S_MAX, Math.max(this.clock?.pollS ?? 1, waitS(this.attempt++, Math.random(), toldS)));
  }

  /** A place in the line; asking again would be a later one. Whoever was refused one waits as long as they were told. */
  private async take(): Promise<void> {
    if (steadyS() < this.takeDueS) return;
    const answer = await this.post("ticket");
    if (answer?.status !== 201) {
      const toldS = retryAfterS(answer?.headers.get("Retry-After") ?? null);
      this.takeDueS = steadyS() + waitS(this.takings++, Math.random(), toldS);
      return;
    }
    this.takings = 0;
    const given = (await told(answer)) as { ticket?: unknown; network_note?: unknown } | null;
    this.wallet.keep("ticket", given?.ticket);
    this.isManyHere = typeof given?.network_note === "string";
  }

  /** Only so that the house knows how many still wait; who does not say it loses nothing. */
  private async sayHere(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const everyS = this.clock?.hereS ?? 0;
      const ticket = this.ticket();
      if (everyS > 0 && ticket && steadyS() >= this.hereDueS) {
        // The first one at any moment of its time, so that a crowd does not speak in chorus.
        if (this.hereDueS > 0) await this.post("here", { ticket: ticket.token });
        this.hereDueS = steadyS() + everyS * (this.hereDueS > 0 ? 1 : Math.random());
      }
      await paused(1, signal);
    }
  }

  /** Waits; a machine that wakes up or finds its network again asks at once, if it has missed a time to ask. */
  private async awake(seconds: number, signal: AbortSignal): Promise<void> {
    const dueS = steadyS() + seconds;
    const waking = new AbortController();
    const wake = (): void => {
      if (signal.aborted || (document.visibilityState === "visible" && steadyS() >= dueS)) waking.abort();
    };
    signal.addEventListener("abort", wake);
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    await paused(seconds, waking.signal);
    signal.removeEventListener("abort", wake);
    removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", wake);
  }

  private post(what: string, body?: object): Promise<Response | null> {
    const json = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return this.ask(what, { method: "POST", signal: AbortSignal.timeout(TIMEOUT_MS), ...json });
  }

  private async ask(what: string, init: RequestInit): Promise<Response | null> {
    try {
      return await fetch(`${this.edges.base}/s/${this.name}/${what}`, { ...init, credentials: "omit", referrerPolicy: "no-referrer" });
    } catch {
      return null; // No network, no answer in time, or we are being stopped: the next look is the same.
    }
  }
}

async function told(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}
