/**
 * Asking the stage door: one place that sends requests and reads refusals.
 *
 * Comes in: what the page wants. Goes out: answers, or a `Refusal` that names the status and when to ask again.
 * Never: a token anywhere but in the Authorization header, a third party's address.
 */
import { retryAfterS } from "../player/backoff";

const TIMEOUT_MS = 8_000;
/** A file of 50 MB on a slow line. */
const UPLOAD_TIMEOUT_MS = 600_000;

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

/** What makes the door know who is asking. @param isUnsafe the request changes something. */
export type Credentials = (isUnsafe: boolean) => Record<string, string>;

export function byInvitation(token: string): Credentials {
  return () => ({ Authorization: `Bearer ${token}` });
}

/** The session's cookie goes along by itself; what changes something says that it is our own page. */
export function bySession(csrf: string): Credentials {
  return (isUnsafe) => (isUnsafe ? { "X-CSRF-Token": csrf } : {});
}

export class Asking {
  constructor(private readonly credentials: Credentials) {}

  /** @throws Refusal */
  async read<Told>(path: string): Promise<Told> {
    return (await (await this.send("GET", path)).json()) as Told;
  }

  /** What is asked for, as JSON both ways. @throws Refusal */
  async change<Told>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    wanted?: object,
    more: Record<string, string> = {},
  ): Promise<Told> {
    const body = wanted === undefined ? undefined : JSON.stringify(wanted);
    const answer = await this.send(method, path, body, "application/json", more);
    return (answer.status === 204 ? undefined : await answer.json()) as Told;
  }

  /** @throws Refusal */
  async send(
    method: string,
    path: string,
    body?: BodyInit,
    type?: string,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const isFile = body instanceof Blob;
    const headers = {
      ...more,
      ...this.credentials(method !== "GET"),
      ...(body === undefined || type === undefined ? {} : { "Content-Type": type }),
    };
    const signal = AbortSignal.timeout(isFile ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS);
    let answer: Response;
    try {
      answer = await fetch(path, { method, headers, signal, cache: "no-store", ...(body === undefined ? {} : { body }) });
    } catch (error) {
      throw new Refusal(0, null, String(error));
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  /** Sent even while the page is being closed; nobody waits for the answer. */
  sendLast(method: string, path: string): void {
    fetch(path, { method, headers: this.credentials(true), keepalive: true }).catch(() => undefined);
  }

  /** An endless answer; the caller ends it by the signal. @throws Refusal */
  async stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await fetch(path, { headers: this.credentials(false), signal, cache: "no-store" });
    if (!answer.ok || !answer.body) throw await refusal(answer);
    return answer.body;
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
