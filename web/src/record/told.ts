/** What the stage door tells about a record, by name (docs/PROTOCOL.md, section 4). Times are record time, ms. */

import type {
  Brief as ReadBrief,
  Section as ReadSection,
  Transcript as SpokenTranscript,
  Turn as SpokenTurn,
} from "../replay/record";

export type { BriefLine as Line, Claim, Quote, Word } from "../replay/record";

/** How far a part of the record is. */
export type Stage = "none" | "running" | "made" | "failed";
export type FileFormat = "mp3" | "opus";

export interface FileTold {
  readonly name: string;
  readonly size_bytes: number;
  readonly mime: string;
  /** Opens it without a header, for some hours; `download=1` names the file. */
  readonly url: string;
}

export interface RecordedPerson {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface ChapterTold {
  readonly start_ms: number;
  readonly title: string;
  readonly is_machine: boolean;
}

export interface RecordTold {
  readonly is_recorded: boolean;
  readonly programme: Stage;
  readonly transcript: Stage;
  readonly brief: Stage;
  readonly problem: string | null;
  readonly sealed_ms: number | null;
  readonly edition: number;
  readonly duration_ms: number;
  readonly is_published: boolean;
  /** It was deleted; `is_gone`: and nothing of it is left. */
  readonly is_unwanted: boolean;
  readonly is_gone: boolean;
  readonly keep_until_ms: number | null;
  readonly transcript_version: number;
  readonly brief_version: number;
  readonly formats: Readonly<Record<string, Stage>>;
  readonly languages: Readonly<Record<string, Stage>>;
  /** In it no more. */
  readonly removed: readonly string[];
  /** Wished, and not done yet: the wish can be taken back. */
  readonly removing: readonly string[];
  /** Who asked for that themselves: only they can take it back. */
  readonly withdrawn: readonly string[];
  readonly chapters: readonly ChapterTold[];
  readonly people: readonly RecordedPerson[];
  readonly files: readonly FileTold[];
  readonly listen_url: string;
}

export interface RecordChanges {
  readonly is_published?: boolean;
  readonly keep_until_ms?: number | null;
}

export interface Turn extends SpokenTurn {
  /** A person has changed its words. */
  readonly is_edited: boolean;
}

export interface Transcript extends Omit<SpokenTranscript, "turns"> {
  readonly version: number;
  readonly turns: readonly Turn[];
  readonly by: string;
  readonly made_ms: number;
}

/** One turn of an edit; what is not named stays. */
export interface TurnWanted {
  readonly id: string;
  readonly text?: string;
  readonly person?: string;
  readonly removed?: true;
}

export interface VersionTold {
  readonly version: number;
  readonly by: string;
  readonly made_ms: number;
  readonly is_machine: boolean;
}

export interface Section extends ReadSection {
  readonly end_ms: number;
}

export interface Brief extends Omit<ReadBrief, "sections"> {
  readonly version: number;
  /** The version of the transcript that it cites. */
  readonly transcript: number;
  readonly title: string;
  readonly sections: readonly Section[];
  readonly by: string;
  readonly made_ms: number;
}
