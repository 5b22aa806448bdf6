/**
 * Edits that are not saved yet, kept in this browser: a reload, a crash, a closed lid lose nothing.
 *
 * One draft per Space and kind; it goes when it is saved or thrown away. Where storage is refused the page says
 * that it keeps nothing.
 */
import type { Edits } from "./edits";

export interface Draft {
  /** Of the transcript that was edited. */
  readonly version: number;
  readonly edits: Edits;
  readonly atMs: number;
}

/** About three hours of talk all rewritten; what is larger is not kept, and the page says so. */
const LENGTH_MAX = 2_000_000;

export class Drafts {
  private readonly key: string;

  constructor(
    spaceId: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null = storageHere(),
  ) {
    this.key = `stentor.transcript.${spaceId}`;
  }

  /** @returns whether it is kept. */
  keep(draft: Draft): boolean {
    const text = JSON.stringify(draft);
    if (this.storage === null || text.length > LENGTH_MAX) return false;
    try {
      this.storage.setItem(this.key, text);
      return true;
    } catch {
      // Full, or refused in a private window.
      return false;
    }
  }

  read(): Draft | null {
    try {
      const found = JSON.parse(this.storage?.getItem(this.key) ?? "null") as Draft | null;
      return found !== null && typeof found.version === "number" && typeof found.edits === "object" ? found : null;
    } catch {
      return null;
    }
  }

  forget(): void {
    try {
      this.storage?.removeItem(this.key);
    } catch {
      // Refused: there is nothing in it either.
    }
  }
}

function storageHere(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
