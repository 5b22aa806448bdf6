/**
 * The front door's counter: what a listener hands in, and what they are told.
 *
 * Goes out: small JSON bodies to the edge in use. Comes in: one of six outcomes, whatever went wrong. Nothing here
 * knows who the listener is: no cookie, no account.
 */
import type { Reaction } from "./kinds";
import { Throttle } from "./throttle";

export type Outcome =
  | { readonly kind: "done"; readonly link: string | null }
  /** Too often; seconds from now. */
  | { readonly kind: "later"; readonly afterS: number }
  /** The house rests reactions and questions while the crowd is very large. */
  | { readonly kind: "off" }
  /** The hosts take none now, or the line is full. */
  | { readonly kind: "closed" }
  /** Refused as it is; asking again would be refused again. */
  | { readonly kind: "refused" }
  | { readonly kind: "unreachable" };

const TIMEOUT_MS = 5_000;
const RETRY_AFTER_S_MAX = 120;
/** What is not sent from here is sent again as soon as what a refused press waits. */
const THROTTLED: Outcome = { kind: "later", afterS: 4 };

export class Counter {
  private readonly throttle = new Throttle();

  /** @param base of the edge in use, see `Edges`. @param name of the Space, with its key where it is private. */
  constructor(
    private readonly base: () => string,
    private readonly name: string,
  ) {}

  react(kind: Reaction): Promise<Outcome> {
    return this.handIn("react", { kind });
  }

  hand(id: string, isUp: boolean): Promise<Outcome> {
    return this.handIn("hand", { id, is_up: isUp });
  }

  question(text: string, name: string): Promise<Outcome> {
    return this.handIn("question", { text, ...(name && { name }) });
  }

  /** To be let on stage. `done` has the link of this person's place. */
  ask(name: string, note: string): Promise<Outcome> {
    return this.handIn("ask", { name, ...(note && { note }) });
  }

  private async handIn(what: string, body: Readonly<Record<string, unknown>>): Promise<Outcome> {
    const accepted = this.throttle.ask(performance.now(), Math.random());
    if (accepted === null) return THROTTLED;
    try {
      const answer = await fetch(`${this.base()}/s/${this.name}/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        // A hand is lowered while its page goes away.
        keepalive: true,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const json: unknown = answer.status === 201 ? await answer.json() : null;
      // A wrong word is not the house's trouble: only what it had no room for makes a page ask less.
      if (answer.status !== 503 && answer.status !== 429) accepted();
      return outcome(what, answer.status, answer.headers.get("Retry-After"), json);
    } catch {
      // No network, or no answer in time: for the listener it is the same.
      return { kind: "unreachable" };
    }
  }
}

/** What an answer means. Pure. */
export function outcome(what: string, status: number, retryAfter: string | null, json: unknown): Outcome {
  if (status === 201) {
    const link = linkIn(json);
    return link ? { kind: "done", link } : { kind: "unreachable" };
  }
  if (status >= 200 && status < 300) return { kind: "done", link: null };
  const saidS = retryAfter === null ? NaN : Number(retryAfter);
  const afterS = Number.isFinite(saidS) ? Math.min(Math.max(1, Math.ceil(saidS)), RETRY_AFTER_S_MAX) : 4;
  switch (status) {
    case 429:
      return { kind: "later", afterS };
    case 409:
      return { kind: "closed" };
    case 503:
      return what === "ask" ? { kind: "closed" } : { kind: "off" };
    case 502:
    case 504:
      return { kind: "unreachable" };
    default:
      return { kind: "refused" };
  }
}

/** Only an address of the web is ever opened. */
function linkIn(json: unknown): string | null {
  if (typeof json !== "object" || json === null || !("link" in json) || typeof json.link !== "string") return null;
  try {
    const { protocol, href } = new URL(json.link);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}
