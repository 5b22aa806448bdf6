/**
 * Server-sent events out of a byte stream, because `EventSource` cannot send the invitation in a header. Pure.
 *
 * Source: WHATWG HTML, section 9.2.6; `id` and `retry` are not used by our server and are skipped.
 */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** A line longer than this is not ours. */
const LINE_LENGTH_MAX = 64 * 1024;

export class EventReader {
  private readonly decoder = new TextDecoder();
  private held = "";
  private name = "";
  private data: string[] = [];

  push(piece: Uint8Array): ServerEvent[] {
    const lines = (this.held + this.decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    this.held = lines.pop()!.slice(-LINE_LENGTH_MAX);
    return lines.flatMap((line) => this.line(line) ?? []);
  }

  private line(line: string): ServerEvent | null {
    if (line === "") return this.dispatched();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    if (field === "data") this.data.push(value);
    return null;
  }

  private dispatched(): ServerEvent | null {
    const event = this.data.length ? { name: this.name || "message", data: this.data.join("\n") } : null;
    this.name = "";
    this.data = [];
    return event;
  }
}
