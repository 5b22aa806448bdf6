/** What the holder of an invitation asks the stage door (docs/PROTOCOL.md, section 4). */
import { Asking } from "../api/asking";
import type { ClaimTold, Me } from "../api/told";

export class Door {
  constructor(readonly asking: Asking) {}

  me(): Promise<Me> {
    return this.asking.read("/api/me");
  }

  claim(name: string): Promise<ClaimTold> {
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
