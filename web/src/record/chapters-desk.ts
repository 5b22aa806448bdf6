/** The chapters under an editor's hands. No page in here. They have no versions: who saves last has said them all. */
import { wantedChapters } from "./chapter-edits";
import { Drafts, Keeper } from "./draft";
import type { HostRecordDoor } from "./host-record-door";
import type { ChapterTold } from "./told";

export class ChaptersDesk {
  all: readonly ChapterTold[] = [];
  /** They are not what is saved. */
  isChanged = false;
  /** When the draft was written that was found here. */
  draftMs: number | null = null;
  readonly keeper: Keeper<readonly ChapterTold[]>;
  private saved: readonly ChapterTold[] | null = null;

  constructor(
    private readonly door: HostRecordDoor,
    private readonly drafts: Drafts<readonly ChapterTold[]>,
    private readonly changed: () => void,
    nowMs: () => number = Date.now,
  ) {
    const unsaved = (): { version: number; edits: readonly ChapterTold[] } | null | "unknown" =>
      this.saved === null ? "unknown" : this.isChanged ? { version: 0, edits: this.all } : null;
    this.keeper = new Keeper(drafts, unsaved, changed, nowMs);
  }

  /** What the door tells now; a draft is put in its place once, the first time. */
  take(saved: readonly ChapterTold[]): void {
    const draft = this.saved === null ? this.drafts.read() : null;
    this.saved = saved;
    if (draft && Array.isArray(draft.edits)) {
      this.all = draft.edits;
      this.isChanged = true;
      this.draftMs = draft.atMs;
    } else if (!this.isChanged) this.all = saved;
  }

  /** @param chapters the same list as before: nothing was changed. */
  edit(chapters: readonly ChapterTold[]): void {
    this.isChanged ||= chapters !== this.all;
    this.all = chapters;
    this.draftMs = null;
    this.keeper.soon();
    this.changed();
  }

  /** @returns what takes it back. @throws Refusal */
  async save(): Promise<() => Promise<void>> {
    const was = wantedChapters((this.saved ?? []).filter(({ is_machine }) => !is_machine));
    this.end(await this.door.saveChapters(wantedChapters(this.all)));
    return async () => this.end(await this.door.saveChapters(was));
  }

  leave(): void {
    this.end(this.saved ?? []);
    this.changed();
  }

  private end(chapters: readonly ChapterTold[]): void {
    this.saved = this.all = chapters;
    this.isChanged = false;
    this.draftMs = null;
    this.keeper.forget();
  }
}
