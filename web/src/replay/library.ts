/**
 * What is known of a record on this page: its list, who spoke when, transcript and brief, in the language chosen.
 *
 * Comes in: the door. Goes out: a call whenever something came. Transcript and brief are written after the end, so
 * the list is asked again until they are there.
 */
import { waitS } from "../player/backoff";
import { lanesOf, pausesOf, type Lane, type Span } from "./lanes";
import type { Answer, Brief, RecordDoor, Recording, Transcript } from "./record";

export type LibraryState = "loading" | "here" | "gone";

const ASK_AGAIN_S = 15;
/** While somebody is taken out of a record nothing of it is given out; then the rest of it is there again. */
const GONE_AGAIN_S = 60;
/** A three hours' talk is transcribed by then; whoever stays longer opens the page anew. */
const ASKS_MAX = 80;

export class Library {
  state: LibraryState = "loading";
  recording: Recording | null = null;
  lanes: readonly Lane[] = [];
  pauses: readonly Span[] = [];
  transcript: Transcript | null = null;
  brief: Brief | null = null;
  /** Of the words shown; null: as spoken. */
  language: string | null = null;
  /** What the edge says is there did not come. */
  hasFailed = false;
  private shownVersions = "";
  private asks = 0;
  /** In a row. */
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly door: RecordDoor,
    private readonly changed: () => void,
  ) {}

  /** Asks for everything, and goes on asking for what is still being written. */
  async open(): Promise<void> {
    const answer = await this.door.recording();
    if (this.isClosed) return;
    if (answer === "gone") this.state = "gone";
    else if (answer !== "unreachable") await this.take(answer);
    if (this.isClosed) return;
    this.failures = answer === "unreachable" || (this.hasFailed && answer !== "gone") ? this.failures + 1 : 0;
    if (this.failures > 0) this.askAgain(Math.min(ASK_AGAIN_S, 2 ** this.failures));
    else if (this.isAwaiting) this.askAgain(ASK_AGAIN_S);
    else if (this.state === "gone" && this.asks < ASKS_MAX) this.askAgain(GONE_AGAIN_S);
    this.changed();
  }

  async speak(language: string | null): Promise<void> {
    this.language = language;
    await this.words();
    this.changed();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  /** Something of it is still being made. */
  get isAwaiting(): boolean {
    const isWhole = this.recording?.transcript != null && this.recording.brief !== null && !this.hasFailed;
    return this.state !== "gone" && !isWhole && this.asks < ASKS_MAX;
  }

  private async take(recording: Recording): Promise<void> {
    const isNew = recording.edition !== this.recording?.edition;
    this.recording = recording;
    this.state = "here";
    this.changed();
    if (isNew) {
      const activity = await this.door.activity();
      if (typeof activity !== "string") {
        this.lanes = lanesOf(activity);
        this.pauses = pausesOf(this.lanes, recording.durationMs);
      }
    }
    const versions = JSON.stringify([recording.edition, recording.transcript, recording.brief]);
    if (versions !== this.shownVersions) await this.words();
    if (!this.hasFailed) this.shownVersions = versions;
  }

  private async words(): Promise<void> {
    const { recording, language } = this;
    if (!recording) return;
    const [transcript, brief] = await Promise.all([
      recording.transcript === null ? null : this.door.transcript(language),
      recording.brief === null ? null : this.door.brief(language),
    ]);
    if (language !== this.language || this.isClosed) return;
    this.hasFailed = [transcript, brief].some((one) => typeof one === "string");
    this.transcript = found(transcript);
    this.brief = found(brief);
  }

  private askAgain(seconds: number): void {
    this.asks++;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.open(), waitS(0, Math.random(), seconds) * 1000);
  }
}

function found<File>(answer: Answer<File> | null): File | null {
  return answer === "gone" || answer === "unreachable" ? null : answer;
}
