/** What goes on in the Space, as the stage door tells it; asked for again by itself when it is lost. */
import { Knocks, SPEAKER, paused, steadyS } from "../player/knocks";
import { merged, parsedTick, type Tick } from "../player/tick";
import { Refusal } from "./asking";
import { EventReader, type ServerEvent } from "./events";

/** The door sends at least a ping in this time. */
const QUIET_MS = 30_000;
/** Answers that will not change by asking again. */
const FINAL = new Set([401, 403, 404]);

/** Opens the endless answer. */
export type Opening = (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

export interface LiveEars {
  /** Every event but ticks; the data as JSON. */
  readonly on: (name: string, data: unknown) => void;
  /** The tick is merged already, see `Live.known`. */
  readonly onTick: (tick: Tick) => void;
  readonly changed: () => void;
}

export class Live {
  known: Tick | null = null;
  /** Something was heard and the line stands. */
  isOpen = false;
  private readonly stopping = new AbortController();
  private readonly knocks = new Knocks(SPEAKER);

  constructor(
    private readonly open: Opening,
    private readonly ears: LiveEars,
  ) {}

  stop(): void {
    this.stopping.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await paused(this.knocks.next(steadyS(), Math.random()), signal);
      if (signal.aborted) return;
      let retryAfterS: number | null = null;
      let firstS: number | null = null;
      try {
        await this.follow(() => (firstS ??= steadyS()));
      } catch (error) {
        if (error instanceof Refusal) retryAfterS = error.knockAfterS;
        if (error instanceof Refusal && FINAL.has(error.status)) return;
      }
      this.isOpen = false;
      // Who was speaking when the line broke is not known to speak now.
      if (this.known) this.known = { ...this.known, speaking: {} };
      this.ears.changed();
      this.knocks.ended(steadyS(), Math.random(), { livedS: firstS === null ? 0 : steadyS() - firstS, retryAfterS });
    }
  }

  private async follow(onEvent: () => void): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    this.stopping.signal.addEventListener("abort", end, { once: true });
    let quiet = setTimeout(end, QUIET_MS);
    try {
      const events = new EventReader();
      const reader = (await this.open(ending.signal)).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(quiet);
        quiet = setTimeout(end, QUIET_MS);
        for (const event of events.push(value)) {
          onEvent();
          this.isOpen = true;
          this.take(event);
        }
      }
    } finally {
      clearTimeout(quiet);
      this.stopping.signal.removeEventListener("abort", end);
    }
  }

  private take(event: ServerEvent): void {
    if (event.name === "tick") {
      const tick = parsedTick(event.data);
      if (!tick) return;
      this.known = merged(this.known, tick);
      this.ears.onTick(tick);
    } else {
      const data = parsed(event.data);
      if (data !== undefined) this.ears.on(event.name, data);
    }
    this.ears.changed();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // From a server that is newer than this page: not for us.
    return undefined;
  }
}
