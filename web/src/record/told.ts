/** What the stage door tells about a record, by name (docs/PROTOCOL.md, section 4). Times are record time, ms. */

import type { components } from "../api/schema";
import type {
  Brief as ReadBrief,
  Section as ReadSection,
  Transcript as SpokenTranscript,
  Turn as SpokenTurn,
} from "../replay/record";

export type { BriefLine as Line, Claim, Quote, Word } from "../replay/record";

type Schemas = components["schemas"];

/** How far a part of the record is. */
export type Stage = Schemas["Stage"];
export type FileFormat = Schemas["FileFormat"];
export type FileTold = Schemas["FileTold"];
export type RecordedPerson = Schemas["RecordedPerson"];
export type RecordTold = Schemas["RecordTold"];
export type RecordChanges = Schemas["RecordChanges"];
export type VersionTold = Schemas["VersionTold"];
export type { ChapterTold, ChapterWanted } from "../api/told";

/** One turn of an edit; what is not named stays. */
export interface TurnWanted {
  readonly id: string;
  readonly text?: string;
  readonly person?: string;
  readonly removed?: true;
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
