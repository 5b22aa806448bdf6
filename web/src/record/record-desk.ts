/**
 * What a host's page of a record knows and does. No page in here.
 *
 * Comes in: presses; the stage door is asked again while something is being made. Goes out: a call whenever something
 * may have changed. Never: a guess: what the door tells is shown, not what was wished.
 */
import { Refusal } from "../api/asking";
import type { SpaceTold } from "../api/told";
import { BriefDesk } from "./brief-desk";
import { ChaptersDesk } from "./chapters-desk";
import { Drafts } from "./draft";
import type { HostRecordDoor } from "./host-record-door";
import { Sound } from "./sound";
import type { FileFormat, RecordTold } from "./told";
import { TranscriptDesk } from "./transcript-desk";

export type Deed = "published" | "unpublished" | "kept" | "person" | "chapters" | "quoted" | "deleted";

/** What was done a moment ago, and how it is taken back. */
export interface Done {
  readonly deed: Deed;
  readonly name: string;
  readonly undo: (() => Promise<void>) | null;
}

const SHOWN_MS = 10_000;
const LOOK_S = { busy: 2, quiet: 15 } as const;
export const RECORDING = "recording.m4a";

export class RecordDesk {
  space: SpaceTold | null = null;
  record: RecordTold | null = null;
  done: Done | null = null;
  refusal: string | null = null;
  readonly sound: Sound;
  readonly transcript: TranscriptDesk;
  readonly brief: BriefDesk;
  readonly chapters: ChaptersDesk;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly door: HostRecordDoor,
    private readonly changed: () => void,
  ) {
    this.sound = new Sound(changed);
    this.transcript = new TranscriptDesk(door, new Drafts("transcript", door.spaceId), changed);
    this.brief = new BriefDesk(door, new Drafts("brief", door.spaceId), changed);
    this.chapters = new ChaptersDesk(door, new Drafts("chapters", door.spaceId), changed);
  }

  /** @throws Refusal: there is nothing to show. */
  async open(): Promise<void> {
    [this.space] = await Promise.all([this.door.space(), this.look()]);
    this.changed();
    this.lookLater();
  }

  close(): void {
    clearTimeout(this.timer);
    this.keepNow();
  }

  /** The page may be closed any moment: phones do so without a word. */
  keepNow(): void {
    for (const { keeper } of this.written) keeper.now();
  }

  saveChapters(): Promise<void> {
    return this.wish(async () => this.say("chapters", "", await this.chapters.save()));
  }

  publish(isPublished: boolean): Promise<void> {
    return this.wish(async () => {
      this.record = await this.door.change({ is_published: isPublished });
      this.say(isPublished ? "published" : "unpublished", "", async () => {
        this.record = await this.door.change({ is_published: !isPublished });
      });
    });
  }

  keepUntil(ms: number | null): Promise<void> {
    const was = this.record?.keep_until_ms ?? null;
    return this.wish(async () => {
      this.record = await this.door.change({ keep_until_ms: ms });
      this.say("kept", "", async () => {
        this.record = await this.door.change({ keep_until_ms: was });
      });
    });
  }

  make(format: FileFormat): Promise<void> {
    return this.wish(async () => void (this.record = await this.door.makeFormat(format)));
  }

  translate(language: string): Promise<void> {
    return this.wish(async () => void (this.record = await this.door.addLanguage(language)));
  }

  /** It takes a while, and can be taken back until it is done. */
  removePerson(id: string, name: string): Promise<void> {
    return this.wish(async () => {
      this.record = await this.door.removePerson(id);
      this.say("person", name, async () => void (this.record = await this.door.keepPerson(id)));
    });
  }

  keepPerson(id: string): Promise<void> {
    return this.wish(async () => void (this.record = await this.door.keepPerson(id)));
  }

  briefAgain(): Promise<void> {
    return this.wish(async () => void (this.record = await this.door.briefAgain()));
  }

  remove(): Promise<void> {
    return this.wish(async () => {
      this.record = await this.door.remove();
      this.say("deleted", "", null);
    });
  }

  async undo(): Promise<void> {
    const undo = this.done?.undo;
    this.done = null;
    if (undo) await this.wish(undo);
  }

  /** Something on this page, which nobody has to be asked for. */
  say(deed: Deed, name: string, undo: Done["undo"]): void {
    this.done = { deed, name, undo };
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.done = null;
      this.changed();
    }, SHOWN_MS);
    this.changed();
  }

  /** Closing the page now would lose something that no draft keeps. */
  get wouldLose(): boolean {
    this.keepNow();
    return this.written.some(({ isChanged, keeper }) => isChanged && keeper.isForgetful);
  }

  private get written(): readonly (TranscriptDesk | BriefDesk | ChaptersDesk)[] {
    return [this.transcript, this.brief, this.chapters];
  }

  get isBusy(): boolean {
    const { record, space } = this;
    if (!record || !space) return true;
    const parts = [record.programme, record.transcript, record.brief, ...Object.values(record.formats), ...Object.values(record.languages)];
    const isGoing = record.removing.length > 0 || (record.is_unwanted && !record.is_gone);
    return space.state === "ending" || isGoing || parts.includes("running");
  }

  private async look(): Promise<void> {
    const record = await this.door.record();
    this.record = record;
    this.chapters.take(record.chapters);
    const sound = record.files.find(({ name }) => name === RECORDING);
    if (sound) this.sound.open(sound.url, record.edition);
    await Promise.all([
      this.follow(record.transcript_version, this.transcript.transcript, this.transcript),
      this.follow(record.brief_version, this.brief.saved, this.brief),
    ]);
  }

  /** Opened when it is first there; looked at again when it was made anew meanwhile. */
  private async follow(version: number, known: { readonly version: number } | null, part: TranscriptDesk | BriefDesk): Promise<void> {
    try {
      if (known === null && version > 0) await part.open();
      else if (known !== null && version > known.version) await part.renew();
    } catch (error) {
      // The rest of the page does not wait for it; it is asked for again with the next look.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  private lookLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.lookAgain(), (this.isBusy ? LOOK_S.busy : LOOK_S.quiet) * 1000);
  }

  private async lookAgain(): Promise<void> {
    try {
      this.space = await this.door.space();
      await this.look();
    } catch (error) {
      // The door does not answer now: what is known stays, and it is asked again.
      if (!(error instanceof Refusal)) throw error;
    }
    this.changed();
    this.lookLater();
  }

  /** What was asked for; a refusal is said in the server's own words. */
  private async wish(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.refusal = null;
      await this.look();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = error.message;
    }
    this.changed();
    this.lookLater();
  }
}
