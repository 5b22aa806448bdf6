/**
 * The transcript under an editor's hands: what is shown, what was changed, what became of it. No page in here.
 *
 * Comes in: presses. Goes out: a call whenever something may have changed. Never: an edit that is lost because
 * somebody else was faster, or because the page was closed.
 */
import { Refusal } from "../api/asking";
import { nextDoubt, type Doubt } from "./doubt";
import { Keeper, type Draft, type Drafts } from "./draft";
import {
  NO_EDITS,
  countOf,
  restoring,
  wantedFrom,
  withPerson,
  withRemoved,
  withText,
  type Edits,
} from "./edits";
import { merged, type Clash } from "./merging";
import type { HostRecordDoor } from "./host-record-door";
import { replacedAll, type Wanted } from "./replacing";
import type { Transcript, Turn } from "./told";
import { Undoing } from "./undoing";
import { VersionList } from "./version-list";

/** What happened last, to be said once. */
export type News =
  | { readonly kind: "saved"; readonly version: number }
  | { readonly kind: "draft"; readonly atMs: number }
  | { readonly kind: "merged"; readonly by: string; readonly version: number }
  | { readonly kind: "replaced"; readonly count: number }
  | { readonly kind: "restored"; readonly version: number; readonly lost: number };

export class TranscriptDesk {
  transcript: Transcript | null = null;
  /** An older one that is only looked at. */
  older: Transcript | null = null;
  clashes: readonly Clash[] = [];
  doubt: Doubt | null = null;
  news: News | null = null;
  refusal: string | null = null;
  isSaving = false;
  readonly versions: VersionList;
  readonly keeper: Keeper<Edits>;
  private steps = Undoing.from(NO_EDITS);

  constructor(
    private readonly door: HostRecordDoor,
    private readonly drafts: Drafts<Edits>,
    private readonly changed: () => void,
    nowMs: () => number = Date.now,
  ) {
    this.versions = new VersionList((cursor) => door.transcriptVersions(cursor));
    this.keeper = new Keeper(drafts, () => this.unsaved(), changed, nowMs);
  }

  get edits(): Edits {
    return this.steps.now;
  }

  get isChanged(): boolean {
    return countOf(this.edits) > 0;
  }

  get canUndo(): boolean {
    return this.steps.canUndo;
  }

  /** Reads the newest version; a draft that was left here is put on top of it. @throws Refusal */
  async open(): Promise<void> {
    const transcript = await this.door.transcript();
    const draft = this.drafts.read();
    this.transcript = transcript;
    if (draft && countOf(draft.edits) > 0) await this.take(draft.edits, draft.version, transcript);
    if (draft && this.isChanged) this.news = { kind: "draft", atMs: draft.atMs };
    this.changed();
    await this.readVersions();
  }

  /** A newer version has appeared; what was not saved goes on top of it. */
  async renew(): Promise<void> {
    const [base, edits] = [this.transcript, this.edits];
    const newer = await this.door.transcript();
    if (!base || newer.version === base.version) return;
    this.transcript = newer;
    this.rebase(edits, base, newer);
    await this.readVersions();
  }

  text(turn: Turn, text: string): void {
    this.step(withText(this.edits, turn, text), `text/${turn.id}`);
  }

  /** The field was left: what is written there next is a step of its own. */
  settle(): void {
    this.steps = this.steps.settled();
  }

  person(turn: Turn, person: string): void {
    this.step(withPerson(this.edits, turn, person));
  }

  removed(turn: Turn, isRemoved: boolean): void {
    this.step(withRemoved(this.edits, turn, isRemoved));
  }

  replaceAll(wanted: Wanted, by: string, count: number): void {
    if (!this.transcript) return;
    this.step(replacedAll(this.transcript.turns, this.edits, wanted, by));
    this.news = { kind: "replaced", count };
    this.changed();
  }

  undo(): void {
    this.steps = this.steps.undone();
    this.news = null;
    this.keeper.soon();
    this.changed();
  }

  throwAway(): void {
    this.step(NO_EDITS);
    this.clashes = [];
  }

  nextDoubt(step: 1 | -1): Doubt | null {
    this.doubt = this.transcript && nextDoubt(this.transcript.turns, this.edits, this.doubt, step);
    this.changed();
    return this.doubt;
  }

  /** @param isMine null only puts the note away: the turn is gone, and so are its words. */
  settleClash({ id, theirs }: Clash, isMine: boolean): void {
    const turn = this.transcript?.turns.find((known) => known.id === id);
    this.clashes = this.clashes.filter((clash) => clash.id !== id);
    if (turn && theirs && !isMine) {
      const { [id]: _, ...rest } = this.edits;
      this.step(rest);
    }
    this.changed();
  }

  /** @returns whether it is saved. */
  async save(): Promise<boolean> {
    const { transcript } = this;
    if (!transcript || this.isSaving || !this.isChanged || this.clashes.length > 0) return false;
    this.isSaving = true;
    this.changed();
    try {
      const saved = await this.door.saveTranscript(transcript.version, wantedFrom(this.edits));
      this.transcript = saved;
      this.steps = Undoing.from(NO_EDITS);
      this.refusal = null;
      this.news = { kind: "saved", version: saved.version };
      this.keeper.forget();
      await this.readVersions();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 409) await this.renewOrSay(error.message);
      else this.refusal = error.message;
      return false;
    } finally {
      this.isSaving = false;
      this.changed();
    }
  }

  async look(version: number): Promise<void> {
    this.older = version === this.transcript?.version ? null : await this.door.transcript(version);
    this.changed();
  }

  lookNoMore(): void {
    this.older = null;
    this.changed();
  }

  /** The older version's words as edits of the newest: nothing happens before they are saved. */
  restore(): void {
    const { older, transcript } = this;
    if (!older || !transcript) return;
    const here = new Set(transcript.turns.map(({ id }) => id));
    const lost = older.turns.filter(({ id }) => !here.has(id)).length;
    this.step(restoring(older, transcript));
    this.news = { kind: "restored", version: older.version, lost };
    this.lookNoMore();
  }

  async moreVersions(): Promise<void> {
    await this.versions.more();
    this.changed();
  }

  private unsaved(): Omit<Draft<Edits>, "atMs"> | null | "unknown" {
    const { transcript, edits } = this;
    if (!transcript) return "unknown";
    return this.isChanged ? { version: transcript.version, edits } : null;
  }

  private step(edits: Edits, kind: string | null = null): void {
    this.steps = this.steps.to(edits, kind);
    this.news = null;
    this.keeper.soon();
    this.changed();
  }

  /** Edits that were made on some version, on the newest one. */
  private async take(edits: Edits, version: number, newest: Transcript): Promise<void> {
    if (version === newest.version) this.steps = Undoing.from(edits);
    else this.rebase(edits, await this.door.transcript(version), newest);
  }

  private rebase(edits: Edits, base: Transcript, newest: Transcript): void {
    const both = merged(edits, base, newest);
    this.steps = Undoing.from(both.edits);
    this.clashes = both.clashes;
    this.refusal = null;
    this.news = { kind: "merged", by: newest.by, version: newest.version };
    this.keeper.soon();
  }

  private async renewOrSay(refused: string): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = refused;
    }
  }

  private async readVersions(): Promise<void> {
    await this.versions.read();
    this.changed();
  }
}
