/** Everything that who leads a Space may ask the stage door, by one name each. The same for invitations and accounts. */
import type { Asking } from "../api/asking";
import type {
  BanTold,
  ChapterWanted,
  ChaptersTold,
  CrewTold,
  DoorsTold,
  DoorsWanted,
  InvitationTold,
  InvitationWanted,
  Page,
  QuestionsTold,
  SeriesTold,
  SoundTold,
  SpaceChanges,
  SpaceTold,
} from "../api/told";

/** What can be done with one person by one word. */
export type PersonVerb =
  | "accept"
  | "decline"
  | "put-back"
  | "audience"
  | "mute"
  | "lock"
  | "unmute"
  | "remove"
  | "let-back"
  | "host";

/** A console shows this many invitations; older ones are in the API. */
const INVITATIONS_SHOWN = 100;

export class SpaceDoor {
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

  change(wanted: SpaceChanges): Promise<SpaceTold> {
    return this.asking.change("PATCH", this.at, wanted);
  }

  move(state: string): Promise<SpaceTold> {
    return this.asking.change("POST", `${this.at}/state`, { state });
  }

  crew(): Promise<CrewTold> {
    return this.asking.read(`${this.at}/people`);
  }

  person(id: string, verb: PersonVerb): Promise<CrewTold> {
    return this.asking.change("POST", `${this.person_(id)}/${verb}`);
  }

  role(id: string, role: "cohost" | "speaker" | "listener"): Promise<CrewTold> {
    return this.asking.change("POST", `${this.person_(id)}/role`, { role });
  }

  ban(id: string, wider: { invitation: boolean; network: boolean }): Promise<CrewTold> {
    return this.asking.change("POST", `${this.person_(id)}/ban`, wider);
  }

  liftBan(ban: BanTold): Promise<CrewTold> {
    return this.asking.change("DELETE", `${this.at}/bans/${ban.kind}/${encodeURIComponent(ban.value)}`);
  }

  muteAll(lock: boolean): Promise<CrewTold> {
    return this.asking.change("POST", `${this.at}/people/mute-all`, { lock });
  }

  questions(): Promise<QuestionsTold> {
    return this.asking.read(`${this.at}/questions`);
  }

  toScreen(id: string): Promise<QuestionsTold> {
    return this.asking.change("POST", `${this.at}/questions/${id}/screen`);
  }

  offScreen(): Promise<QuestionsTold> {
    return this.asking.change("DELETE", `${this.at}/questions/screen`);
  }

  putAway(id: string): Promise<QuestionsTold> {
    return this.asking.change("DELETE", `${this.at}/questions/${id}`);
  }

  openQuestions(isOpen: boolean): Promise<QuestionsTold> {
    return this.asking.change("PUT", `${this.at}/questions/open`, { is_open: isOpen });
  }

  banAuthor(id: string): Promise<QuestionsTold> {
    return this.asking.change("POST", `${this.at}/questions/${id}/ban`);
  }

  invitations(): Promise<Page<InvitationTold>> {
    return this.asking.read(`${this.at}/invitations?limit=${INVITATIONS_SHOWN}`);
  }

  invite(wanted: InvitationWanted): Promise<InvitationTold> {
    return this.asking.change("POST", `${this.at}/invitations`, wanted);
  }

  revoke(id: string): Promise<void> {
    return this.asking.change("DELETE", `${this.at}/invitations/${id}`);
  }

  audience(stepS: number): Promise<SeriesTold> {
    return this.asking.read(`${this.at}/audience?step_s=${stepS}`);
  }

  doors(): Promise<DoorsTold> {
    return this.asking.read(`${this.at}/line`);
  }

  orderDoors(wanted: DoorsWanted): Promise<DoorsTold> {
    return this.asking.change("PATCH", `${this.at}/line`, wanted);
  }

  chapters(): Promise<ChaptersTold> {
    return this.asking.read(`${this.at}/chapters`);
  }

  /** Begins one now. @throws Refusal 409: not on the air, or not recorded. */
  markChapter(title: string): Promise<ChaptersTold> {
    return this.asking.change("POST", `${this.at}/chapters`, { title });
  }

  setChapters(chapters: readonly ChapterWanted[]): Promise<ChaptersTold> {
    return this.asking.change("PUT", `${this.at}/chapters`, { chapters });
  }

  sounds(): Promise<Page<SoundTold>> {
    return this.asking.read(`${this.at}/sounds`);
  }

  async upload(file: File): Promise<void> {
    await this.asking.send("POST", `${this.at}/sounds?name=${encodeURIComponent(file.name)}`, file, "application/octet-stream");
  }

  async sound(id: string, verb: "play" | "stop"): Promise<void> {
    await this.asking.send("POST", `${this.at}/sounds/${id}/${verb}`);
  }

  async removeSound(id: string): Promise<void> {
    await this.asking.send("DELETE", `${this.at}/sounds/${id}`);
  }

  live(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return this.asking.stream(`${this.at}/live`, signal);
  }

  private person_(id: string): string {
    return `${this.at}/people/${encodeURIComponent(id)}`;
  }
}
