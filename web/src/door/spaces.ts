/**
 * An account's Spaces: listed, made, deleted with a way back. No page in here.
 *
 * Comes in: presses. Goes out: the list as the door tells it. Never: a Space that the door has not told.
 */
import type { Asking } from "../api/asking";
import type { InvitationTold, Page, SpaceTold, SpaceWanted } from "../api/told";

const PAGE_SIZE = 30;
const UNDO_SHOWN_MS = 10_000;

export class Spaces {
  items: readonly SpaceTold[] = [];
  next: string | null = null;
  /** Host links that were told here; nobody tells them again. */
  readonly hostLinks = new Map<string, string>();
  deleted: SpaceTold | null = null;
  refusal: string | null = null;
  private wanted = { text: "", key: "" };
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly asking: Asking,
    private readonly changed: () => void,
  ) {}

  /** The newest; or, after a cursor, older ones besides. */
  async read(after: string | null = null): Promise<void> {
    const cursor = after === null ? "" : `&cursor=${encodeURIComponent(after)}`;
    await this.wish(async () => {
      const page = await this.asking.read<Page<SpaceTold>>(`/api/spaces?limit=${PAGE_SIZE}${cursor}`);
      const before = after === null ? [] : this.items;
      this.items = [...before, ...page.items.filter(({ state }) => state !== "deleted")];
      this.next = page.next;
    });
  }

  /** @returns whether it was made. */
  make(wanted: SpaceWanted): Promise<boolean> {
    // A press that is repeated because the answer was lost must not make a second Space.
    const text = JSON.stringify(wanted);
    if (this.wanted.text !== text) this.wanted = { text, key: randomKey() };
    return this.wish(async () => {
      const headers = { "Idempotency-Key": this.wanted.key };
      const made = await this.asking.change<SpaceTold>("POST", "/api/spaces", wanted, headers);
      this.wanted = { text: "", key: "" };
      if (made.links.host) this.hostLinks.set(made.id, made.links.host);
      this.items = [made, ...this.items];
    });
  }

  async remove(space: SpaceTold): Promise<void> {
    await this.wish(async () => {
      await this.asking.change("DELETE", `/api/spaces/${space.id}`);
      this.items = this.items.filter(({ id }) => id !== space.id);
      this.deleted = space;
      clearTimeout(this.forgetting);
      this.forgetting = setTimeout(() => {
        this.deleted = null;
        this.changed();
      }, UNDO_SHOWN_MS);
    });
  }

  async undo(): Promise<void> {
    const space = this.deleted;
    this.deleted = null;
    if (!space) return;
    await this.wish(async () => {
      const back = await this.asking.change<SpaceTold>("POST", `/api/spaces/${space.id}/state`, { state: space.state });
      this.items = [back, ...this.items].sort((a, b) => b.created_ms - a.created_ms);
    });
  }

  /** Another link for the host; the one before it ends. */
  async newHostLink(space: SpaceTold, name: string): Promise<void> {
    await this.wish(async () => {
      const made = await this.asking.change<InvitationTold>("POST", `/api/spaces/${space.id}/invitations`, { role: "host", name });
      if (made.link) this.hostLinks.set(space.id, made.link);
    });
  }

  private async wish(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.refusal = null;
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
    this.changed();
    return this.refusal === null;
  }
}

/** `crypto.randomUUID` is missing outside a secure address. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a form's fields want. @param startsLocal `datetime-local`, empty: no date. */
export function wantedFrom(fields: { title: string; description: string; startsLocal: string; isPrivate: boolean }): SpaceWanted {
  const startsMs = fields.startsLocal === "" ? null : new Date(fields.startsLocal).getTime();
  return {
    title: fields.title.trim(),
    description: fields.description.trim(),
    starts_ms: startsMs === null || Number.isNaN(startsMs) ? null : startsMs,
    is_private: fields.isPrivate,
  };
}
