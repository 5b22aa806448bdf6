/**
 * Proof of work as a bid for a better place, while the house says that it is worth it. Never a wall, never in the way.
 *
 * Comes in: the heat, the ticket, a challenge bound to it. Goes out: the same ticket with its effort. It is worked on
 * by one worker at low priority and ends with a press, with the place, or after a minute and a half. The gain is
 * capped by the house (`place.py`): at most the front half of one's own second.
 */
import type { Wallet } from "../player/wallet";
import type { Ticket } from "./ticket";

/** As the altcha library makes and solves it. */
export interface Challenge {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly signature?: string;
}

export type BidState = "none" | "working" | "done" | "stopped";

export class Bid {
  state: BidState = "none";
  private worker: Worker | null = null;

  constructor(
    private readonly hand: (body: object) => Promise<Response | null>,
    private readonly wallet: Wallet,
    private readonly changed: () => void,
  ) {}

  /** Called with each clock. */
  look(heat: number, ticket: Ticket | null, challenge: Challenge | null): void {
    // Without `crypto.subtle` (plain http) a proof would take minutes: then there is only the draw.
    const isWorth = heat > 0 && ticket !== null && ticket.effort === 0 && challenge !== null && "subtle" in crypto;
    if (isWorth && this.state === "none") this.work(ticket, challenge);
  }

  /** Somebody wants their battery back, or the wait is over. */
  stop(): void {
    this.worker?.terminate();
    this.worker = null;
    if (this.state === "working") this.state = "stopped";
  }

  private work(ticket: Ticket, challenge: Challenge): void {
    try {
      this.worker = new Worker(new URL("./bid-worker.ts", import.meta.url), { type: "module" });
    } catch {
      this.state = "stopped"; // A page of somebody else's may not start our worker.
      return;
    }
    this.state = "working";
    this.worker.onmessage = ({ data }: MessageEvent<unknown>) => void this.solved(ticket, challenge, data);
    this.worker.onerror = () => this.stop();
    this.worker.postMessage(challenge);
  }

  private async solved(ticket: Ticket, challenge: Challenge, solution: unknown): Promise<void> {
    this.stop();
    if (solution === null) return;
    const answer = await this.hand({ ticket: ticket.token, proof: btoa(JSON.stringify({ challenge, solution })) });
    if (answer?.ok) {
      const given = (await answer.json()) as { ticket?: unknown };
      this.wallet.keep("ticket", given.ticket);
      this.state = "done";
    }
    this.changed();
  }
}
