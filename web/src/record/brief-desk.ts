/** The brief under an editor's hands: the saved one, the one that is written, what became of it. No page in here. */
import { Refusal } from "../api/asking";
import { cleaned, quotesOf } from "./brief-edits";
import type { HostRecordDoor } from "./host-record-door";
import type { Brief } from "./told";
import { Undoing } from "./undoing";

export class BriefDesk {
  saved: Brief | null = null;
  refusal: string | null = null;
  /** The words that the transcript does not have, when that is why. */
  unproved: string | null = null;
  /** Somebody else's version, which came while this one was written. */
  newer: Brief | null = null;
  isSaving = false;
  isJustSaved = false;
  private steps: Undoing<Brief> | null = null;

  constructor(
    private readonly door: HostRecordDoor,
    private readonly changed: () => void,
  ) {}

  get brief(): Brief | null {
    return this.steps?.now ?? null;
  }

  get isChanged(): boolean {
    return this.brief !== this.saved;
  }

  get canUndo(): boolean {
    return this.steps?.canUndo ?? false;
  }

  /** @throws Refusal */
  async open(): Promise<void> {
    this.start(await this.door.brief());
  }

  /** A newer version has appeared: it is shown at once unless something is being written here. */
  async renew(): Promise<void> {
    const found = await this.door.brief();
    if (found.version === this.saved?.version) return;
    if (this.isChanged) this.newer = found;
    else this.start(found);
    this.changed();
  }

  /** @param kind of the step, see `Undoing.to`. */
  edit(brief: Brief, kind: string | null = null): void {
    this.steps = this.steps?.to(brief, kind) ?? null;
    this.isJustSaved = false;
    this.changed();
  }

  settle(): void {
    this.steps = this.steps?.settled() ?? null;
  }

  undo(): void {
    this.steps = this.steps?.undone() ?? null;
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
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 409) await this.readNewer(error.message);
      else this.refuse(error.message, brief);
    } finally {
      this.isSaving = false;
      this.changed();
    }
  }

  private start(brief: Brief): void {
    this.saved = brief;
    this.steps = Undoing.from(brief);
    this.refusal = this.unproved = this.newer = null;
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
