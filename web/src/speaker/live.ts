/** What goes on in the Space, as the stage door tells it to those on stage; asks again by itself when it is lost. */
import { waitS } from "../player/backoff";
import { merged, parsedTick, type Tick } from "../player/tick";
import { Refusal, type Door } from "./door";
import { EventReader, type ServerEvent } from "./events";

/** The door sends at least a ping in this time. */
const QUIET_MS = 30_000;

export class Live {
  known: Tick | null = null;
  private readonly stopping = new AbortController();

  constructor(
    private readonly door: Door,
    private readonly onState: (state: string) => void,
    private readonly changed: () => void,
  ) {}

  stop(): void {
    this.stopping.abort();
  }

  async run(): Promise<void> {
    for (let attempt = 0; !this.stopping.signal.aborted; attempt++) {
      let knockAfterS: number | null = null;
      try {
        await this.follow(() => (attempt = 0));
      } catch (error) {
        if (error instanceof Refusal) knockAfterS = error.knockAfterS;
        if (error instanceof Refusal && error.status === 401) return;
      }
      // Who was speaking when the line broke is not known to speak now.
      if (this.known) this.known = { ...this.known, speaking: {} };
      this.changed();
      await new Promise((resolve) => setTimeout(resolve, waitS(attempt, Math.random(), knockAfterS) * 1000));
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
