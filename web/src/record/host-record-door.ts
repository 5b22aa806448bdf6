/** Everything that who leads a Space may ask of its record, by one name each. The same for accounts and invitations. */
import type { Asking } from "../api/asking";
import type { SpaceTold } from "../api/told";
import type { ChapterWanted } from "./chapter-edits";
import type {
  Brief,
  ChapterTold,
  FileFormat,
  RecordChanges,
  RecordTold,
  Transcript,
  TurnWanted,
  VersionTold,
} from "./told";

interface Items<Item> {
  readonly items: readonly Item[];
}

export class HostRecordDoor {
  private readonly at: string;

  /** @param isOpenToLinks the session's cookie goes along with a plain link; an invitation does not. */
  constructor(
    private readonly asking: Asking,
    readonly spaceId: string,
    readonly isOpenToLinks: boolean,
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

  async remove(): Promise<void> {
    await this.asking.send("DELETE", `${this.at}/record`);
  }

  async makeFormat(format: FileFormat): Promise<void> {
    await this.asking.change("POST", `${this.at}/record/formats`, { format });
  }

  async addLanguage(language: string): Promise<void> {
    await this.asking.change("POST", `${this.at}/record/languages`, { language });
  }

  async removePerson(id: string): Promise<void> {
    await this.asking.send("PUT", `${this.at}/record/people/${encodeURIComponent(id)}`);
  }

  async keepPerson(id: string): Promise<void> {
    await this.asking.send("DELETE", `${this.at}/record/people/${encodeURIComponent(id)}`);
  }

  transcript(version?: number): Promise<Transcript> {
    return this.asking.read(`${this.at}/transcript${version === undefined ? "" : `?version=${version}`}`);
  }

  /** @param version the one that was edited. @throws Refusal 409: somebody was faster. */
  saveTranscript(version: number, turns: readonly TurnWanted[]): Promise<Transcript> {
    return this.asking.change("PUT", `${this.at}/transcript`, { version, turns });
  }

  async transcriptVersions(): Promise<readonly VersionTold[]> {
    return (await this.asking.read<Items<VersionTold>>(`${this.at}/transcript/versions`)).items;
  }

  brief(): Promise<Brief> {
    return this.asking.read(`${this.at}/brief`);
  }

  /** @throws Refusal 409: somebody was faster. 400: it names the quote that the transcript does not have. */
  saveBrief(brief: Brief): Promise<Brief> {
    return this.asking.change("PUT", `${this.at}/brief`, brief);
  }

  async briefAgain(): Promise<void> {
    await this.asking.send("POST", `${this.at}/brief/again`);
  }

  async chapters(): Promise<readonly ChapterTold[]> {
    return (await this.asking.read<Items<ChapterTold>>(`${this.at}/chapters`)).items;
  }

  async saveChapters(chapters: readonly ChapterWanted[]): Promise<readonly ChapterTold[]> {
    return (await this.asking.change<Items<ChapterTold>>("PUT", `${this.at}/chapters`, { chapters })).items;
  }

  fileUrl(name: string): string {
    return `${this.at}/record/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  /** All of a file, for who has no cookie; at most one of them is held at a time. @throws Refusal */
  async file(name: string, signal: AbortSignal): Promise<Blob> {
    return await new Response(await this.asking.stream(this.fileUrl(name), signal)).blob();
  }
}
