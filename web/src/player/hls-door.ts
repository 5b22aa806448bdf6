/**
 * The door for players whose lists are fetched by somebody else (hls.js, the browser itself). Loaded with the first refusal.
 *
 * Lists need a pass while the doors are held. They say nothing of a place in the line that such a player could read, so
 * the page asks in its own name: a ticket or an older pass is changed for a pass, who has neither is given a place.
 */
import { retryAfterS } from "./backoff";
import { refused } from "./refusal";
import type { Wallet } from "./wallet";

const TIMEOUT_MS = 4_000;

export type Answered =
  /** Lists may be asked for, with the pass where there is one now. */
  | { readonly kind: "in" }
  | { readonly kind: "in_line"; readonly retryAfterS: number | null }
  /** Not the door's fault, or nobody is there to ask. */
  | { readonly kind: "unknown" };

export async function askIn(base: string, name: string, wallet: Wallet): Promise<Answered> {
  const { pass, ticket } = wallet;
  const token = pass || ticket ? { ...(pass && { pass }), ...(ticket && { ticket }) } : null;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = token
      ? await fetch(`${base}/s/${name}/pass`, { method: "POST", headers: JSON_BODY, body: JSON.stringify(token), signal })
      : await fetch(`${base}/s/${name}/hls/index.m3u8`, { signal, cache: "no-store" });
    if (answer.ok && token) wallet.keep("pass", ((await answer.json()) as { pass?: unknown }).pass);
    if (answer.ok) return { kind: "in" };
    const isInLine = answer.status === 503 && (await refused(answer, wallet)) === "in_line";
    return isInLine ? { kind: "in_line", retryAfterS: retryAfterS(answer.headers.get("Retry-After")) } : { kind: "unknown" };
  } catch {
    return { kind: "unknown" };
  }
}

const JSON_BODY = { "Content-Type": "application/json" };
