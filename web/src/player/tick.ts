/**
 * The tick: what is going on, one small JSON object per chunk (docs/PROTOCOL.md, section 2).
 *
 * The rules of merging mirror `stentor/space/tick.py`: a field that is absent is as it was, a full tick makes the
 * reader forget. What a page shows follows the *ear*: ticks wait here until their chunk is heard.
 */

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: "host" | "cohost" | "speaker";
  readonly muted: boolean;
  /** Only a host may open this microphone. */
  readonly locked?: boolean;
  /** A programme, no person. */
  readonly source?: boolean;
  /** Their connection is lost; for some seconds their place is kept. */
  readonly away?: boolean;
}

/** A tick as it came, or everything known after it. */
export interface Tick {
  readonly n: number;
  readonly t?: number;
  readonly full?: boolean;
  readonly state?: string;
  readonly title?: string;
  readonly people?: readonly Person[];
  readonly speaking?: Readonly<Record<string, number>>;
  readonly audience?: { readonly hearing: number; readonly unknown: number; readonly waiting?: number };
  readonly cadence?: number;
  readonly rung?: string;
  /** Who leads: the host while connected, else a co-host. */
  readonly lead?: string | null;
  /** Of this chunk only: how many of each kind, kinds we do not know included. */
  readonly reactions?: Readonly<Record<string, number>>;
  readonly hands?: number;
  readonly question?: Question | null;
  readonly captions?: readonly Caption[];
  readonly extras?: string;
}

/** A question that a host has put on screen. */
export interface Question {
  readonly id: string;
  readonly text: string;
  readonly name: string;
}

/** One line of what is being said, newest last. */
export interface Caption {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  readonly is_final: boolean;
}

const PER_TICK = new Set(["n", "t", "full", "reactions"]);

/** What a reader knows after `tick`. */
export function merged(known: Tick | null, tick: Tick): Tick {
  if (tick.full || !known) return tick;
  const base = Object.fromEntries(Object.entries(known).filter(([field]) => !PER_TICK.has(field)));
  return { ...base, ...tick };
}

/** @returns null for anything that is not a tick: a page must outlive a server that is newer than itself. */
export function parsedTick(text: string): Tick | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "n" in value && Number.isInteger(value.n)) return value as Tick;
  } catch {
    // Not JSON: the same answer as JSON of another shape.
  }
  return null;
}

/** Two minutes of ticks, what an edge's window can send at once. */
const WAITING_MAX = 200;

/** Ticks between their arrival and the moment their chunk is heard. */
export class TickQueue {
  private waiting: Tick[] = [];
  private heard: Tick | null = null;
  private reactions: Record<string, number> = {};

  /** Ticks may arrive twice after a rejoin; the later copy wins. */
  push(tick: Tick): void {
    const at = this.waiting.findIndex((other) => other.n >= tick.n);
    if (at < 0) this.waiting.push(tick);
    else this.waiting.splice(at, this.waiting[at]!.n === tick.n ? 1 : 0, tick);
    if (this.waiting.length > WAITING_MAX) this.take(this.waiting.shift()!);
  }

  /** Everything known when chunk `number` is heard; null before the first tick. */
  at(number: number): Tick | null {
    while (this.waiting.length && this.waiting[0]!.n <= number) this.take(this.waiting.shift()!);
    return this.heard;
  }

  /** Of all chunks that were heard since this was last asked. */
  reactionsHeard(): Readonly<Record<string, number>> {
    const heard = this.reactions;
    this.reactions = {};
    return heard;
  }

  private take(tick: Tick): void {
    // A jump backwards happens only inside the buffer; an old change must not undo a newer one.
    if (this.heard && tick.n < this.heard.n && !tick.full) return;
    this.heard = merged(this.heard, tick);
    for (const [kind, count] of Object.entries(tick.reactions ?? {})) {
      this.reactions[kind] = (this.reactions[kind] ?? 0) + count;
    }
  }
}

/** Who is heard, from a tick's levels. Muted people are never shown as speaking. */
export function speakingIn(tick: Tick | null): string[] {
  if (!tick?.speaking) return [];
  const muted = new Set((tick.people ?? []).filter((person) => person.muted).map((person) => person.id));
  return Object.keys(tick.speaking).filter((id) => !muted.has(id));
}
