/**
 * Proof of work as a bid for a better place, while the house says that it is worth it. Never a wall, never in the way.
 *
 * Comes in: the heat, the ticket. Goes out: the same ticket with its effort. It is worked on by one worker, and ends
 * with a press, with the place, or after a minute and a half. The gain is capped by the house (`place.py`): at most the
 * front half of one's own second.
 */
import type { Wallet } from "../player/wallet";
import type { Ticket } from "./ticket";

export type BidState = "none" | "working" | "done" | "stopped";

export class Bid {
  state: BidState = "none";
  private worker: Worker | null = null;

  /** @param hand asks at `/bid`; null: nobody answers. */
  constructor(
    private readonly hand: (body: object) => Promise<Response | null>,
    private readonly wallet: Wallet,
    private readonly changed: () => void,
  ) {}

  /** Called with each clock. */
  look(heat: number, ticket: Ticket | null): void {
    // Without `crypto.subtle` (plain http) a proof would take minutes: then there is only the draw.
    const isWorth = ticket !== null && ticket.effort < heat && "subtle" in crypto;
    if (isWorth && (this.state === "none" || this.state === "done")) void this.work(ticket);
  }

  /** Somebody wants their battery back, or the wait is over. */
  stop(): void {
    if (this.state === "working") this.state = "stopped";
    this.worker?.terminate();
    this.worker = null;
  }

  private async work(ticket: Ticket): Promise<void> {
    this.state = "working";
    const { challenge } = (await this.told({ ticket: ticket.token })) as { challenge?: unknown };
    const solution = challenge && (await this.solved(challenge));
    if (solution && this.state === "working") {
      const proof = btoa(JSON.stringify({ challenge, solution }));
      this.wallet.keep("ticket", ((await this.told({ ticket: ticket.token, proof })) as { ticket?: unknown }).ticket);
      this.state = "done";
    }
    this.stop();
    this.changed();
  }

  private solved(challenge: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.state !== "working") return resolve(null);
      try {
        this.worker = new Worker(new URL("./bid-worker.ts", import.meta.url), { type: "module" });
      } catch {
        return resolve(null); // A page of somebody else's may not start our worker.
      }
      this.worker.onmessage = ({ data }: MessageEvent<unknown>) => resolve(data);
      this.worker.onerror = () => resolve(null);
      this.worker.postMessage(challenge);
    });
  }

  private async told(body: object): Promise<object> {
    const answer = await this.hand(body);
    return answer?.ok ? ((await answer.json()) as object) : {};
  }
}
