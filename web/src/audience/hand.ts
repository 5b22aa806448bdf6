/**
 * A raised hand. It falls by itself at the edge after two minutes, so that nobody who went away keeps it up; while
 * this page is open it is raised again in time.
 */
import type { Counter, Outcome } from "./counter";

/** Half of what the edge allows, so that one lost request costs nothing. */
const AGAIN_MS = 55_000;

export class Hand {
  isUp = false;
  /** Of this page only; a new page is a new hand. Not `randomUUID`: that needs a secure address. */
  private readonly id = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly counter: Counter,
    private readonly changed: () => void,
  ) {}

  /** @returns what the edge said; a hand that was refused is down. */
  async set(isUp: boolean): Promise<Outcome> {
    this.show(isUp);
    const outcome = await this.counter.hand(this.id, isUp);
    if (isUp && outcome.kind !== "done") this.show(false);
    return outcome;
  }

  /** The listener has gone or the talk is over. */
  drop(): void {
    if (this.isUp) void this.set(false);
  }

  private show(isUp: boolean): void {
    clearInterval(this.timer);
    this.isUp = isUp;
    if (isUp) this.timer = setInterval(() => void this.counter.hand(this.id, true), AGAIN_MS);
    this.changed();
  }
}
