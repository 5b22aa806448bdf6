/**
 * What a host's console knows and does. No page in here.
 *
 * Comes in: presses, and what the live feed tells those who lead. Goes out: a snapshot, and a call whenever it may
 * have changed. Never: a guess of what a press has done: the answer of the stage door is shown, not the wish.
 */
import { Refusal } from "../api/asking";
import type {
  ChapterTold,
  ChaptersTold,
  CrewTold,
  DoorsTold,
  DoorsWanted,
  FiguresTold,
  InvitationTold,
  InvitationWanted,
  MemberTold,
  QuestionTold,
  QuestionsTold,
  SoundTold,
  SpaceTold,
} from "../api/told";
import type { Tick } from "../player/tick";
import { changesBetween, restoring, type Details } from "../space/details";
import { NO_SERIES, withFigures, withHistory, type Series } from "./series";
import type { PersonVerb, SpaceDoor } from "./space-door";
import { takenBack, type Step } from "./undo";

export type Deed = PersonVerb | "ban" | "cohost" | "speaker" | "mute_all" | "lock_all" | "doors" | "change" | "chapter";

/** What was done a moment ago, and how it is taken back. */
export interface Done {
  readonly deed: Deed;
  readonly name: string;
  readonly undo: (() => Promise<void>) | null;
}

const DONE_SHOWN_MS = 10_000;
const HISTORY_STEP_S = 10;
/** Figures come each second; what they do not say of the doors is read each so many. */
const DOORS_EVERY_FIGURES = 4;
const TICK_LATE_MS = 800;

/** Lines of the event log after which the list of invitations is another one. */
const INVITATIONS_CHANGE = new Set(["invited", "claimed", "revoked", "joined"]);

const NO_CREW: CrewTold = { members: [], line: [], lead: null, bans: [] };
const NO_QUESTIONS: QuestionsTold = { is_open: true, on_screen: null, items: [] };

export class Console {
  space: SpaceTold | null = null;
  crew: CrewTold = NO_CREW;
  questions: QuestionsTold = NO_QUESTIONS;
  figures: FiguresTold | null = null;
  series: Series = NO_SERIES;
  doors: DoorsTold | null = null;
  private figuresToDoors = 0;
  invitations: readonly InvitationTold[] = [];
  /** Links are told once; this page remembers those it made until it is closed. */
  readonly links = new Map<string, string>();
  sounds: readonly SoundTold[] = [];
  /** The one that was marked a moment ago, to be named. */
  marked: ChapterTold | null = null;
  done: Done | null = null;
  refusal: string | null = null;
  isUploading = false;
  /** Where the Space goes back to when its end is taken back; unknown: to silence, which a press ends. */
  beforeEnding = "paused";
  /** How long an end can be taken back in this house, seconds. */
  undoS = 10;
  /** This page has asked for an end that needs a second person. */
  askedToEnd = false;
  /** The house's clock minus ours. */
  private skewMs = 0;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly door: SpaceDoor,
    /** Who looks at this console on stage; null: an account. */
    private readonly me: () => string | null,
    /** The live feed stands: it tells every change in order, so an answer that comes later than it is old news. */
    private readonly isFed: () => boolean,
    private readonly changed: () => void,
  ) {}

  /** Reads what the feed does not bring by itself. Each part may fail without the others. */
  async open(): Promise<void> {
    await Promise.all([
      this.read(this.door.space(), (space) => this.moved(space)),
      this.read(this.door.crew(), (crew) => (this.crew = crew)),
      this.read(this.door.questions(), (questions) => (this.questions = questions)),
      this.read(this.door.invitations(), ({ items }) => (this.invitations = items)),
      this.read(this.door.sounds(), ({ items }) => (this.sounds = items)),
      this.readDoors(),
      this.read(this.door.audience(HISTORY_STEP_S), (told) => (this.series = withHistory(this.series, told))),
    ]);
  }

  /** One event of the live feed. */
  take(name: string, data: unknown): void {
    if (name === "crew") this.crew = data as CrewTold;
    if (name === "questions") this.questions = data as QuestionsTold;
    if (name === "state" && this.space) this.moved({ ...this.space, ...(data as Partial<SpaceTold>), links: this.space.links });
    if (name === "figures") {
      this.figures = data as FiguresTold;
      this.series = withFigures(this.series, this.figures, this.nowMs);
      if (--this.figuresToDoors <= 0 && document.visibilityState === "visible") void this.readDoors();
    }
    if (name === "notice") void this.notice((data as { kind?: unknown }).kind);
    this.changed();
  }

  onTick({ t }: Tick): void {
    // A chunk is told when it is full, and a little later: near enough for a clock of seconds.
    if (t !== undefined) this.skewMs = t + TICK_LATE_MS - Date.now();
  }

  get nowMs(): number {
    return Date.now() + this.skewMs;
  }

  member(id: string): MemberTold | null {
    return this.crew.members.find((member) => member.id === id) ?? null;
  }

  get line(): MemberTold[] {
    return this.crew.line.flatMap((id) => this.member(id) ?? []);
  }

  get screen(): QuestionTold | null {
    return this.questions.items.find(({ id }) => id === this.questions.on_screen) ?? null;
  }

  get waitingQuestions(): QuestionTold[] {
    return this.questions.items.filter(({ id, is_done }) => !is_done && id !== this.questions.on_screen);
  }

  async move(state: string): Promise<void> {
    await this.wish(this.door.move(state), (space) => {
      this.askedToEnd = state === "ended" && space.end_asked != null;
      this.moved(space);
    });
  }

  /**
   * What people read about the Space.
   *
   * @returns whether it is as wanted now.
   */
  async change(before: Details, after: Details): Promise<boolean> {
    const was = this.space;
    const changes = changesBetween(before, after);
    if (was === null || Object.keys(changes).length === 0) return true;
    await this.wish(this.door.change(changes), (space) => {
      this.moved(space);
      const undo = (): Promise<void> => this.wish(this.door.change(restoring(changes, was)), (back) => this.moved(back));
      this.say({ deed: "change", name: "", undo });
    });
    return this.refusal === null;
  }

  /** A control of one person; a slip can be taken back for ten seconds. */
  async act(verb: PersonVerb, id: string): Promise<void> {
    const was = this.member(id);
    if (!was) return;
    await this.wish(this.door.person(id, verb), (crew) => {
      this.answered(crew);
      this.remember(verb, was);
    });
  }

  async role(id: string, role: "cohost" | "speaker"): Promise<void> {
    const was = this.member(id);
    if (!was) return;
    await this.wish(this.door.role(id, role), (crew) => {
      this.answered(crew);
      this.remember(role, was);
    });
  }

  async ban(id: string, wider: { invitation: boolean; network: boolean }): Promise<void> {
    const was = this.member(id);
    await this.wish(this.door.ban(id, wider), (crew) => {
      this.answered(crew);
      if (was) this.remember("ban", was);
    });
  }

  async liftBan(kind: "person" | "invitation" | "network", value: string): Promise<void> {
    const ban = this.crew.bans.find((known) => known.kind === kind && known.value === value);
    if (ban) await this.wish(this.door.liftBan(ban), (crew) => this.answered(crew));
  }

  async muteAll(lock: boolean): Promise<void> {
    const before = this.crew.members.filter(
      (member) => member.id !== this.me() && member.silence === "none" && member.role !== "listener" && !member.is_out,
    );
    await this.wish(this.door.muteAll(lock), (crew) => {
      this.answered(crew);
      // Who was silent before stays silent: only what this press has closed is opened.
      const undo = async (): Promise<void> => {
        for (const { id } of before) await this.steps(id, [{ verb: "unmute" }]);
      };
      this.say({ deed: lock ? "lock_all" : "mute_all", name: "", undo });
    });
  }

  /** A word about the doors, or how many may be in. */
  async orderDoors(wanted: DoorsWanted): Promise<void> {
    const was = this.doors;
    await this.wish(this.door.orderDoors(wanted), (told) => {
      this.doors = told;
      const before = was && { doors: was.doors, listeners_max: was.listeners_max };
      const undo = before && ((): Promise<void> => this.wish(this.door.orderDoors(before), (back) => void (this.doors = back)));
      this.say({ deed: "doors", name: "", undo });
    });
  }

  acceptFirst(): Promise<void> {
    const first = this.crew.line[0];
    return first === undefined ? Promise.resolve() : this.act("accept", first);
  }

  /** The next question comes on screen; the one that is there has been answered. */
  async nextQuestion(): Promise<void> {
    const next = this.waitingQuestions[0];
    if (this.questions.on_screen !== null) await this.ask(this.door.offScreen());
    else if (next) await this.ask(this.door.toScreen(next.id));
  }

  ask(wanted: Promise<QuestionsTold>): Promise<void> {
    return this.wish(wanted, (questions) => {
      if (!this.isFed()) this.questions = questions;
    });
  }

  async invite(wanted: InvitationWanted): Promise<void> {
    await this.wish(this.door.invite(wanted), (made) => {
      if (made.link) this.links.set(made.id, made.link);
      this.invitations = [made, ...this.invitations.filter(({ id }) => id !== made.id)];
    });
  }

  async revoke(id: string): Promise<void> {
    await this.wish(this.door.revoke(id), () => undefined);
    await this.read(this.door.invitations(), ({ items }) => (this.invitations = items));
  }

  async upload(file: File): Promise<void> {
    this.isUploading = true;
    this.changed();
    await this.wish(this.door.upload(file), () => undefined);
    this.isUploading = false;
    await this.readSounds();
  }

  async sound(id: string, verb: "play" | "stop" | "remove"): Promise<void> {
    await this.wish(verb === "remove" ? this.door.removeSound(id) : this.door.sound(id, verb), () => undefined);
    await this.readSounds();
  }

  get canMark(): boolean {
    const state = this.space?.state;
    return this.space?.is_recorded === true && (state === "on_air" || state === "paused");
  }

  /** A chapter begins now. @param title of the one with this number. */
  async markChapter(title: (number: number) => string): Promise<void> {
    if (!this.canMark) return;
    await this.wish(this.numbered(title), ([name, { items }]) => {
      this.marked = [...items].reverse().find((chapter) => chapter.title === name) ?? null;
      const { marked } = this;
      if (marked) this.say({ deed: "chapter", name, undo: () => this.changeChapter(marked, null) });
    });
  }

  nameChapter(title: string): Promise<void> {
    return this.marked ? this.changeChapter(this.marked, title) : Promise.resolve();
  }

  /** Read again first: somebody else may have marked one meanwhile. @param title null: it goes. */
  private changeChapter(chapter: ChapterTold, title: string | null): Promise<void> {
    const isIt = (one: ChapterTold): boolean => one.start_ms === chapter.start_ms && one.title === chapter.title;
    const changed = async (): Promise<ChaptersTold> => {
      const { items } = await this.door.chapters();
      const hosts = items.filter(({ is_machine }) => !is_machine);
      return this.door.setChapters(hosts.flatMap((one) => {
        if (isIt(one) && title === null) return [];
        return [{ start_ms: one.start_ms, title: isIt(one) ? title! : one.title }];
      }));
    };
    return this.wish(changed(), () => (this.marked = null));
  }

  private async numbered(title: (number: number) => string): Promise<[string, ChaptersTold]> {
    const { items } = await this.door.chapters();
    const name = title(items.filter(({ is_machine }) => !is_machine).length + 1);
    return [name, await this.door.markChapter(name)];
  }

  async undo(): Promise<void> {
    const undo = this.done?.undo;
    this.done = null;
    this.changed();
    await undo?.();
  }

  private answered(crew: CrewTold): void {
    if (!this.isFed()) this.crew = crew;
  }

  private moved(space: SpaceTold): void {
    const was = this.space?.state;
    if (space.state === "ending" && was !== "ending") {
      if (was === "on_air" || was === "paused") this.beforeEnding = was;
      this.undoS = ((space.over_at_ms ?? 0) - this.nowMs) / 1000;
    }
    this.space = space;
  }

  private readDoors(): Promise<void> {
    this.figuresToDoors = DOORS_EVERY_FIGURES;
    return this.read(this.door.doors(), (told) => (this.doors = told));
  }

  private readSounds(): Promise<void> {
    return this.read(this.door.sounds(), ({ items }) => (this.sounds = items));
  }

  private async notice(kind: unknown): Promise<void> {
    if (typeof kind !== "string") return;
    if (kind === "doors") await this.readDoors();
    if (kind.startsWith("sound")) await this.readSounds();
    // Only this answer has the link, which is another one when the Space has become private.
    if (kind === "changed") await this.read(this.door.space(), (space) => this.moved(space));
    if (INVITATIONS_CHANGE.has(kind)) await this.read(this.door.invitations(), ({ items }) => (this.invitations = items));
  }

  private remember(deed: PersonVerb | "ban" | "cohost" | "speaker", was: MemberTold): void {
    const steps = takenBack(deed, was);
    this.say({ deed, name: was.name, undo: steps && (() => this.steps(was.id, steps)) });
  }

  private async steps(id: string, steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const asked = "verb" in step ? this.door.person(id, step.verb) : this.door.role(id, step.role);
      await this.wish(asked, (crew) => this.answered(crew));
    }
  }

  private say(done: Done): void {
    this.done = done;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.done = null;
      this.changed();
    }, DONE_SHOWN_MS);
  }

  /** What was asked for; a refusal is said in the server's own words. */
  private async wish<Told>(asked: Promise<Told>, then: (told: Told) => void): Promise<void> {
    try {
      then(await asked);
      this.refusal = null;
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  /** What is only shown: a part that is not to be had leaves its place empty. */
  private async read<Told>(asked: Promise<Told>, then: (told: Told) => void): Promise<void> {
    try {
      then(await asked);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    this.changed();
  }
}
