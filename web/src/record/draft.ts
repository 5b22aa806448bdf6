/**
 * What is not saved yet, kept in this browser: a reload, a crash, a closed lid lose nothing.
 *
 * One draft per Space and kind; it goes when it is saved or thrown away. Where storage is refused the page says
 * that it keeps nothing.
 */

export interface Draft<Edits> {
  /** Of the text that was edited. */
  readonly version: number;
  readonly edits: Edits;
  readonly atMs: number;
}

export type Kind = "transcript" | "brief" | "chapters";

/** About three hours of talk all rewritten; what is larger is not kept, and the page says so. */
const LENGTH_MAX = 2_000_000;
const KEEP_AFTER_MS = 400;

export class Drafts<Edits> {
  private readonly key: string;

  constructor(
    kind: Kind,
    spaceId: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null = storageHere(),
  ) {
    this.key = `stentor.${kind}.${spaceId}`;
  }

  /** @returns whether it is kept. */
  keep(draft: Draft<Edits>): boolean {
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

  read(): Draft<Edits> | null {
    try {
      const found = JSON.parse(this.storage?.getItem(this.key) ?? "null") as Draft<Edits> | null;
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

/** Writes the draft down a moment after the last letter, and at once when the page is being closed. */
export class Keeper<Edits> {
  /** The browser keeps no draft: a reload would lose what is not saved. */
  isForgetful = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param unsaved as it is now; null: all is saved; "unknown": nothing has been read yet. */
  constructor(
    private readonly drafts: Drafts<Edits>,
    private readonly unsaved: () => Omit<Draft<Edits>, "atMs"> | null | "unknown",
    private readonly changed: () => void,
    private readonly nowMs: () => number,
  ) {}

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.now();
      this.changed();
    }, KEEP_AFTER_MS);
  }

  now(): void {
    clearTimeout(this.timer);
    const unsaved = this.unsaved();
    if (unsaved === "unknown") return;
    if (unsaved === null) this.drafts.forget();
    else this.isForgetful = !this.drafts.keep({ ...unsaved, atMs: this.nowMs() });
  }

  forget(): void {
    clearTimeout(this.timer);
    this.drafts.forget();
  }
}

function storageHere(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
