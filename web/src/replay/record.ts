/**
 * What the front door tells of a record: `record/*.json`, read and checked. The one place that knows their fields.
 *
 * All times are record time: milliseconds from the first sample that was on the air.
 */
import { fetchSpace } from "../player/space";

export interface Chapter {
  readonly startMs: number;
  readonly title: string;
}

export interface RecordPerson {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface RecordFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** `record.json`. */
export interface Recording {
  readonly title: string;
  readonly durationMs: number;
  /** Grows when somebody was removed: whatever was read of an earlier one is out of date. */
  readonly edition: number;
  readonly people: readonly RecordPerson[];
  readonly chapters: readonly Chapter[];
  readonly language: string;
  /** Into which transcript and brief are translated. */
  readonly languages: readonly string[];
  /** Versions; null: there is none. */
  readonly transcript: number | null;
  readonly brief: number | null;
  readonly files: readonly RecordFile[];
}

export interface Word {
  readonly text: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly confidence: number;
}

export interface Turn {
  readonly id: string;
  readonly person_id: string;
  readonly words: readonly Word[];
  /** Index of the first word of each sentence. */
  readonly sentences: readonly number[];
}

/** `transcript.json`, as `stentor/record/transcript.py` writes it. */
export interface Transcript {
  readonly language: string;
  readonly engine: string;
  readonly names: Readonly<Record<string, string>>;
  readonly turns: readonly Turn[];
  readonly is_machine: boolean;
  readonly translated_from: string | null;
}

export interface Quote {
  readonly turn_id: string;
  readonly person_id: string;
  readonly text: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly confidence: number;
  /** The words that were said, where `text` is their translation. */
  readonly original: string | null;
}

export interface BriefLine {
  readonly text: string;
  readonly quotes: readonly Quote[];
}

export interface Claim {
  readonly quote: Quote;
  readonly kind: string;
  readonly figures: readonly string[];
  readonly note: string;
  readonly source: string;
}

export interface Section {
  readonly heading: string;
  readonly start_ms: number;
  readonly lines: readonly BriefLine[];
}

/** `brief.json`, as `stentor/record/brief.py` writes it. */
export interface Brief {
  readonly language: string;
  readonly engine: string;
  readonly names: Readonly<Record<string, string>>;
  readonly summary: readonly BriefLine[];
  readonly sections: readonly Section[];
  readonly claims: readonly Claim[];
  readonly figures: readonly BriefLine[];
  readonly is_machine: boolean;
  readonly translated_from: string | null;
}

/** `activity.json`: who was heard in which chunks, counted from the record's first; both ends belong to it. */
export interface Activity {
  readonly step_ms: number;
  readonly chunks: number;
  readonly speaking: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>>;
}

/** A file of the record, or why there is none. */
export type Answer<File> = File | "gone" | "unreachable";

const TIMEOUT_MS = 20_000;

/** The record's files at the edge in use. Waits at most 20 s for each; never throws. */
export class RecordDoor {
  constructor(
    private readonly name: string,
    private readonly base: () => string,
  ) {}

  /** @param file as `docs/PROTOCOL.md` names it below `record/`. */
  address(file: string): string {
    return `${this.base()}/s/${this.name}/record/${file}`;
  }

  /** "gone" only if the Space says so too: an edge that is reading a new list has none for a moment. */
  async recording(): Promise<Answer<Recording>> {
    const answer = await this.ask("record.json", recordingFrom);
    if (answer !== "gone") return answer;
    const space = await fetchSpace(this.name, this.base());
    return space === "unreachable" || (space !== "unknown" && space.hasReplay) ? "unreachable" : "gone";
  }

  activity(): Promise<Answer<Activity>> {
    return this.ask("activity.json", (json) => checked<Activity>(json, "speaking"));
  }

  /** @param language of a translation; null: what was said. */
  transcript(language: string | null): Promise<Answer<Transcript>> {
    return this.ask(inLanguage("transcript", language), (json) => checked<Transcript>(json, "turns"));
  }

  brief(language: string | null): Promise<Answer<Brief>> {
    return this.ask(inLanguage("brief", language), (json) => checked<Brief>(json, "summary"));
  }

  private async ask<File>(file: string, read: (json: Record<string, unknown>) => File): Promise<Answer<File>> {
    try {
      const answer = await fetch(this.address(file), { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (answer.status === 404 || answer.status === 410) return "gone";
      return answer.ok ? read((await answer.json()) as Record<string, unknown>) : "unreachable";
    } catch {
      // No network, or an answer that is not what it should be: the page's next step is the same, to ask again.
      return "unreachable";
    }
  }
}

export function recordingFrom(json: Record<string, unknown>): Recording {
  const { duration_ms: durationMs } = json;
  if (typeof durationMs !== "number") throw new TypeError("a record without a length");
  return {
    title: String(json["title"] ?? ""),
    durationMs,
    edition: Number(json["edition"] ?? 1),
    people: list<RecordPerson>(json["people"]),
    chapters: list<{ start_ms: number; title: string }>(json["chapters"]).map((one) => ({ startMs: one.start_ms, title: one.title })),
    language: String(json["language"] ?? "en"),
    languages: list<string>(json["languages"]),
    transcript: versionOf(json["transcript"]),
    brief: versionOf(json["brief"]),
    files: list<{ name: string; size_bytes: number }>(json["files"]).map((one) => ({ name: one.name, sizeBytes: one.size_bytes })),
  };
}

function versionOf(value: unknown): number | null {
  return typeof value === "object" && value !== null && "version" in value ? Number(value.version) : null;
}

function checked<File>(json: Record<string, unknown>, field: string): File {
  if (typeof json[field] !== "object" || json[field] === null) throw new TypeError(`no ${field}`);
  return json as File;
}

function list<One>(value: unknown): readonly One[] {
  return Array.isArray(value) ? (value as One[]) : [];
}

function inLanguage(name: string, language: string | null): string {
  return language === null ? `${name}.json` : `${name}.${language}.json`;
}
