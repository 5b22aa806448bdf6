/**
 * An account's Spaces: listed, made, changed and deleted with a way back. No page in here.
 *
 * Comes in: presses. Goes out: the list as the door tells it. Never: a Space that the door has not told.
 */
import type { Asking } from "../api/asking";
import type { InvitationTold, Page, SpaceChanges, SpaceTold, SpaceWanted } from "../api/told";
import { changesBetween, restoring, type Details } from "../space/details";

const PAGE_SIZE = 30;
const UNDO_SHOWN_MS = 10_000;

/** What was done a moment ago and can be taken back. */
export interface Done {
  readonly deed: "changed" | "deleted";
  readonly title: string;
  readonly undo: () => Promise<void>;
}

export class Spaces {
  items: readonly SpaceTold[] = [];
  next: string | null = null;
  /** Host links that were told here; nobody tells them again. */
  readonly hostLinks = new Map<string, string>();
  done: Done | null = null;
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

  /** @returns whether it is as wanted now. */
  change(space: SpaceTold, before: Details, after: Details): Promise<boolean> {
    const changes = changesBetween(before, after);
    return this.wish(async () => {
      if (Object.keys(changes).length === 0) return;
      const { title } = await this.changed_(space.id, changes);
      const undo = async (): Promise<void> => void (await this.changed_(space.id, restoring(changes, space)));
      this.say({ deed: "changed", title, undo });
    });
  }

  async remove(space: SpaceTold): Promise<void> {
    await this.wish(async () => {
      await this.asking.change("DELETE", `/api/spaces/${space.id}`);
      this.items = this.items.filter(({ id }) => id !== space.id);
      const undo = async (): Promise<void> => {
        const back = await this.asking.change<SpaceTold>("POST", `/api/spaces/${space.id}/state`, { state: space.state });
        this.items = [back, ...this.items].sort((a, b) => b.created_ms - a.created_ms);
      };
      this.say({ deed: "deleted", title: space.title, undo });
    });
  }

  async undo(): Promise<void> {
    const done = this.done;
    this.done = null;
    if (done) await this.wish(done.undo);
  }

  /** Another link for the host; the one before it ends. */
  async newHostLink(space: SpaceTold, name: string): Promise<void> {
    await this.wish(async () => {
      const made = await this.asking.change<InvitationTold>("POST", `/api/spaces/${space.id}/invitations`, { role: "host", name });
      if (made.link) this.hostLinks.set(space.id, made.link);
    });
  }

  private async changed_(id: string, changes: SpaceChanges): Promise<SpaceTold> {
    const told = await this.asking.change<SpaceTold>("PATCH", `/api/spaces/${id}`, changes);
    this.items = this.items.map((known) => (known.id === id ? told : known));
    return told;
  }

  private say(done: Done): void {
    this.done = done;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.done = null;
      this.changed();
    }, UNDO_SHOWN_MS);
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
