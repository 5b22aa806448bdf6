/** What the holder of an invitation asks the stage door (docs/PROTOCOL.md, section 4). */
import { Asking } from "../api/asking";
import type { Role, Silence } from "../api/told";

export interface Me {
  readonly space: { readonly id: string; readonly title: string; readonly state: string; readonly over_at_ms?: number | null };
  /** null: a shared invitation, which wants a name first. */
  readonly person: string | null;
  readonly is_shared?: boolean;
  readonly name: string;
  readonly role: Role;
  readonly silence?: Silence;
  readonly is_waiting?: boolean;
  /** In the line, from 1. */
  readonly place?: number | null;
  readonly note?: string;
  readonly asked_ms?: number | null;
  readonly is_out?: boolean;
  readonly is_source?: boolean;
  readonly listen_url: string;
  readonly ice_servers: RTCIceServer[];
}

export class Door {
  constructor(readonly asking: Asking) {}

  me(): Promise<Me> {
    return this.asking.read("/api/me");
  }

  claim(name: string): Promise<{ token: string; link: string }> {
    return this.asking.change("POST", "/api/me/claim", { name });
  }

  async mute(muted: boolean): Promise<void> {
    await this.asking.send("POST", "/api/me/mute", JSON.stringify({ muted }), "application/json");
  }

  async ask(note: string): Promise<void> {
    await this.asking.send("POST", "/api/me/ask", JSON.stringify({ note }), "application/json");
  }

  async stopAsking(): Promise<void> {
    await this.asking.send("DELETE", "/api/me/ask");
  }

  /** @returns the answer and the session's address, which ends it. */
  async offer(spaceId: string, sdp: string): Promise<{ answer: string; session: string | null }> {
    const answer = await this.asking.send("POST", `/whip/${spaceId}`, sdp, "application/sdp");
    return { answer: await answer.text(), session: answer.headers.get("Location") };
  }

  leave(session: string): void {
    this.asking.sendLast("DELETE", session);
  }

  live(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return this.asking.stream("/api/me/live", signal);
  }
}
