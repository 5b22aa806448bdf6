/** What goes on in the Space, as the stage door tells it to those on stage; asks again by itself when it is lost. */
import { Knocks, SPEAKER, paused, steadyS } from "../player/knocks";
import { merged, parsedTick, type Tick } from "../player/tick";
import { Refusal, type Door } from "./door";
import { EventReader, type ServerEvent } from "./events";

/** The door sends at least a ping in this time. */
const QUIET_MS = 30_000;

export class Live {
  known: Tick | null = null;
  private readonly stopping = new AbortController();
  private readonly knocks = new Knocks(SPEAKER);

  constructor(
    private readonly door: Door,
    private readonly onState: (state: string) => void,
    private readonly changed: () => void,
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
        if (error instanceof Refusal && error.status === 401) return;
      }
      // Who was speaking when the line broke is not known to speak now.
      if (this.known) this.known = { ...this.known, speaking: {} };
      this.changed();
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
      const reader = (await this.door.live(ending.signal)).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(quiet);
        quiet = setTimeout(end, QUIET_MS);
        for (const event of events.push(value)) {
          onEvent();
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
      if (tick.state) this.onState(tick.state);
    } else if (event.name === "state") {
      const space = JSON.parse(event.data) as { state?: unknown };
      if (typeof space.state === "string") this.onState(space.state);
    }
    this.changed();
  }
}
