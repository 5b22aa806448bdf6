/** The versions of a text and who made them, the newest first, a page at a time. */
import { Refusal } from "../api/asking";
import type { VersionTold } from "./told";

export interface VersionPage {
  readonly items: readonly VersionTold[];
  /** Asks for the page after it; null: there is none. */
  readonly next?: string | null;
}

export class VersionList {
  items: readonly VersionTold[] = [];
  private next: string | null = null;

  constructor(private readonly page: (cursor: string | null) => Promise<VersionPage>) {}

  get hasMore(): boolean {
    return this.next !== null;
  }

  /** From the newest on; what was known stays where the door does not answer. */
  read(): Promise<void> {
    return this.take(null, (items) => items);
  }

  more(): Promise<void> {
    return this.take(this.next, (items) => [...this.items, ...items]);
  }

  private async take(cursor: string | null, then: (items: readonly VersionTold[]) => readonly VersionTold[]): Promise<void> {
    try {
      const { items, next } = await this.page(cursor);
      this.items = then(items);
      this.next = next ?? null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
