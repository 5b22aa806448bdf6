/** Everything that who leads a Space may ask of its record, by one name each. The same for accounts and invitations. */
import type { Asking } from "../api/asking";
import type { SpaceTold } from "../api/told";
import type {
  Brief,
  ChapterTold,
  ChapterWanted,
  FileFormat,
  RecordChanges,
  RecordTold,
  Transcript,
  TurnWanted,
} from "./told";
import type { VersionPage } from "./version-list";

interface Items<Item> {
  readonly items: readonly Item[];
}

export class HostRecordDoor {
  private readonly at: string;

  constructor(
    private readonly asking: Asking,
    readonly spaceId: string,
  ) {
    this.at = `/api/spaces/${encodeURIComponent(spaceId)}`;
  }

  space(): Promise<SpaceTold> {
    return this.asking.read(this.at);
  }

  record(): Promise<RecordTold> {
    return this.asking.read(`${this.at}/record`);
  }

  change(wanted: RecordChanges): Promise<RecordTold> {
    return this.asking.change("PATCH", `${this.at}/record`, wanted);
  }

  remove(): Promise<RecordTold> {
    return this.asking.change("DELETE", `${this.at}/record`);
  }

  makeFormat(format: FileFormat): Promise<RecordTold> {
    return this.asking.change("POST", `${this.at}/record/formats`, { format });
  }

  addLanguage(language: string): Promise<RecordTold> {
    return this.asking.change("POST", `${this.at}/record/languages`, { language });
  }

  removePerson(id: string): Promise<RecordTold> {
    return this.asking.change("PUT", `${this.at}/record/people/${encodeURIComponent(id)}`);
  }

  /** @throws Refusal 409: it is done, or it was their own wish. */
  keepPerson(id: string): Promise<RecordTold> {
    return this.asking.change("DELETE", `${this.at}/record/people/${encodeURIComponent(id)}`);
  }

  transcript(version?: number): Promise<Transcript> {
    return this.asking.read(`${this.at}/transcript${version === undefined ? "" : `?version=${version}`}`);
  }

  /** @param version the one that was edited. @throws Refusal 409: somebody was faster. */
  saveTranscript(version: number, turns: readonly TurnWanted[]): Promise<Transcript> {
    return this.asking.change("PUT", `${this.at}/transcript`, { version, turns });
  }

  transcriptVersions(cursor: string | null): Promise<VersionPage> {
    return this.asking.read(`${this.at}/transcript/versions${after(cursor)}`);
  }

  brief(version?: number): Promise<Brief> {
    return this.asking.read(`${this.at}/brief${version === undefined ? "" : `?version=${version}`}`);
  }

  briefVersions(cursor: string | null): Promise<VersionPage> {
    return this.asking.read(`${this.at}/brief/versions${after(cursor)}`);
  }

  /** @throws Refusal 409: somebody was faster. 400: it names the quote that the transcript does not have. */
  saveBrief(brief: Brief): Promise<Brief> {
    return this.asking.change("PUT", `${this.at}/brief`, brief);
  }

  briefAgain(): Promise<RecordTold> {
    return this.asking.change("POST", `${this.at}/brief/again`);
  }

  async chapters(): Promise<readonly ChapterTold[]> {
    return (await this.asking.read<Items<ChapterTold>>(`${this.at}/chapters`)).items;
  }

  async saveChapters(chapters: readonly ChapterWanted[]): Promise<readonly ChapterTold[]> {
    return (await this.asking.change<Items<ChapterTold>>("PUT", `${this.at}/chapters`, { chapters })).items;
  }
}

function after(cursor: string | null): string {
  return cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
}
