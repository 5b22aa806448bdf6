/**
 * The brief under an editor's hands: the saved one, the one that is written, what became of it. No page in here.
 *
 * Comes in: presses. Goes out: a call whenever something may have changed. Never: words that are lost because somebody
 * else was faster, or because the page was closed.
 */
import { Refusal } from "../api/asking";
import { cleaned, quotesOf } from "./brief-edits";
import { Keeper, type Draft, type Drafts } from "./draft";
import type { HostRecordDoor } from "./host-record-door";
import type { Brief } from "./told";
import { Undoing } from "./undoing";
import { VersionList } from "./version-list";

export class BriefDesk {
  saved: Brief | null = null;
  refusal: string | null = null;
  /** The words that the transcript does not have, when that is why. */
  unproved: string | null = null;
  /** Somebody else's version, which came while this one was written. */
  newer: Brief | null = null;
  /** An older one that is only looked at. */
  older: Brief | null = null;
  /** When the draft was written that was found here. */
  draftMs: number | null = null;
  /** The version whose words were taken again. */
  restored: number | null = null;
  isSaving = false;
  isJustSaved = false;
  readonly versions: VersionList;
  readonly keeper: Keeper<Brief>;
  private steps: Undoing<Brief> | null = null;

  constructor(
    private readonly door: HostRecordDoor,
    private readonly drafts: Drafts<Brief>,
    private readonly changed: () => void,
    nowMs: () => number = Date.now,
  ) {
    this.versions = new VersionList((cursor) => door.briefVersions(cursor));
    this.keeper = new Keeper(drafts, () => this.unsaved(), changed, nowMs);
  }

  get brief(): Brief | null {
    return this.steps?.now ?? null;
  }

  get isChanged(): boolean {
    return this.brief !== this.saved;
  }

  get canUndo(): boolean {
    return this.steps?.canUndo ?? false;
  }

  /** Reads the newest version; a draft that was left here is put on top of it. @throws Refusal */
  async open(): Promise<void> {
    const newest = await this.door.brief();
    this.start(newest);
    const draft = this.drafts.read();
    if (draft) this.takeDraft(draft, newest);
    await this.versions.read();
    this.changed();
  }

  /** A newer version has appeared: it is shown at once unless something is being written here. */
  async renew(): Promise<void> {
    const found = await this.door.brief();
    if (found.version === this.saved?.version) return;
    if (this.isChanged) this.newer = found;
    else this.start(found);
    await this.versions.read();
    this.changed();
  }

  /** @param kind of the step, see `Undoing.to`. */
  edit(brief: Brief, kind: string | null = null): void {
    this.steps = this.steps?.to(brief, kind) ?? null;
    this.isJustSaved = false;
    this.draftMs = this.restored = null;
    this.keeper.soon();
    this.changed();
  }

  settle(): void {
    this.steps = this.steps?.settled() ?? null;
  }

  undo(): void {
    this.steps = this.steps?.undone() ?? null;
    this.draftMs = this.restored = null;
    this.keeper.soon();
    this.changed();
  }

  throwAway(): void {
    if (this.saved) this.edit(this.saved);
    this.refusal = this.unproved = null;
    this.changed();
  }

  /** Of two versions one is chosen: theirs replaces what was written here, or is what the next save follows. */
  choose(isMine: boolean): void {
    const { newer, brief } = this;
    if (!newer || !brief) return;
    this.start(newer);
    if (isMine) this.edit({ ...brief, version: newer.version });
    this.keeper.soon();
    this.changed();
  }

  async save(): Promise<void> {
    const { brief } = this;
    if (!brief || this.isSaving || !this.isChanged || this.newer) return;
    this.isSaving = true;
    this.changed();
    try {
      this.start(await this.door.saveBrief(cleaned(brief)));
      this.isJustSaved = true;
      this.keeper.forget();
      await this.versions.read();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 409) await this.readNewer(error.message);
      else this.refuse(error.message, brief);
    } finally {
      this.isSaving = false;
      this.changed();
    }
  }

  async look(version: number): Promise<void> {
    try {
      this.older = version === this.saved?.version ? null : await this.door.brief(version);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = error.message;
    }
    this.changed();
  }

  lookNoMore(): void {
    this.older = null;
    this.changed();
  }

  /** The older version as a change of the newest: nothing happens before it is saved, and its quotes are proved then. */
  restore(): void {
    const { older, saved } = this;
    if (!older || !saved) return;
    this.older = null;
    this.edit({ ...older, version: saved.version });
    this.restored = older.version;
    this.changed();
  }

  async moreVersions(): Promise<void> {
    await this.versions.more();
    this.changed();
  }

  private unsaved(): Omit<Draft<Brief>, "atMs"> | null | "unknown" {
    const { brief, saved } = this;
    if (!brief || !saved) return "unknown";
    return this.isChanged ? { version: brief.version, edits: brief } : null;
  }

  private start(brief: Brief): void {
    this.saved = brief;
    this.steps = Undoing.from(brief);
    this.refusal = this.unproved = this.newer = null;
    this.draftMs = this.restored = null;
  }

  /** Of a draft that was written on an older version somebody must choose, as if both had written at once. */
  private takeDraft({ version, edits, atMs }: Draft<Brief>, newest: Brief): void {
    if (version !== newest.version) this.newer = newest;
    this.steps = this.steps?.to(edits) ?? null;
    this.draftMs = atMs;
  }

  private refuse(why: string, brief: Brief): void {
    this.refusal = why;
    this.unproved = quotesOf(brief).find(({ text }) => why.includes(`“${text}”`))?.text ?? null;
  }

  private async readNewer(refused: string): Promise<void> {
    try {
      const found = await this.door.brief();
      if (found.version === this.saved?.version) this.refusal = refused;
      else this.newer = found;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = refused;
    }
  }
}
