/**
 * The stage door's answers, asked for with the invitation from the address (docs/PROTOCOL.md, section 4).
 *
 * Comes in: what the page wants. Goes out: answers, or a `Refusal` that names the status and when to ask again.
 * Never: the token anywhere but in the Authorization header.
 */
import { retryAfterS } from "../player/backoff";

export interface Me {
  readonly space: { readonly id: string; readonly title: string; readonly state: string };
  readonly person: string;
  readonly name: string;
  readonly role: "host" | "cohost" | "speaker";
  readonly listen_url: string;
  readonly ice_servers: RTCIceServer[];
}

const TIMEOUT_MS = 8_000;

export class Refusal extends Error {
  /** @param status 0 when there was no answer at all. */
  constructor(
    readonly status: number,
    readonly knockAfterS: number | null,
    detail: string,
  ) {
    super(detail);
  }
}

export class Door {
  constructor(private readonly token: string) {}

  async me(): Promise<Me> {
    return (await this.ask("GET", "/api/me")).json() as Promise<Me>;
  }

  async mute(muted: boolean): Promise<void> {
    await this.ask("POST", "/api/me/mute", JSON.stringify({ muted }));
  }

  async moveSpace(spaceId: string, state: string): Promise<string> {
    const answer = await this.ask("POST", `/api/spaces/${spaceId}/state`, JSON.stringify({ state }));
    return ((await answer.json()) as { state: string }).state;
  }

  /** @returns the answer and the session's address, which ends it. */
  async offer(spaceId: string, sdp: string): Promise<{ answer: string; session: string | null }> {
    const answer = await this.ask("POST", `/whip/${spaceId}`, sdp, "application/sdp");
    return { answer: await answer.text(), session: answer.headers.get("Location") };
  }

  /** Sent even while the page is being closed; nobody waits for the answer. */
  leave(session: string): void {
    const headers = this.headers();
    fetch(session, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
  }

  /** An endless answer; the caller ends it by the signal. */
  async live(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await fetch("/api/me/live", { headers: this.headers(), signal, cache: "no-store" });
    if (!answer.ok || !answer.body) throw await refusal(answer);
    return answer.body;
  }

  private async ask(method: string, path: string, body?: string, type = "application/json"): Promise<Response> {
    const headers = { ...this.headers(), ...(body === undefined ? {} : { "Content-Type": type }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let answer: Response;
    try {
      answer = await fetch(path, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      throw new Refusal(0, null, String(error));
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` };
  }
}

async function refusal(answer: Response): Promise<Refusal> {
  let detail = `${answer.status}`;
  try {
    const problem = (await answer.json()) as { detail?: unknown };
    if (typeof problem.detail === "string") detail = problem.detail;
  } catch {
    // A proxy's page instead of a problem document: the status says enough.
  }
  return new Refusal(answer.status, retryAfterS(answer.headers.get("Retry-After")), detail);
}
