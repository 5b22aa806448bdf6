/**
 * What the stage door tells, by name. The shapes of its routes are generated (`npm run types`); what comes only as a
 * server-sent event is written down here (docs/PROTOCOL.md, section 4).
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type SpaceTold = Schemas["SpaceTold"];
export type CrewTold = Schemas["CrewTold"];
export type MemberTold = Schemas["MemberTold"];
export type BanTold = Schemas["BanTold"];
export type QuestionsTold = Schemas["QuestionsTold"];
export type QuestionTold = Schemas["QuestionTold"];
export type InvitationTold = Schemas["InvitationTold"];
export type InvitationWanted = Schemas["InvitationWanted"];
export type SpaceWanted = Schemas["SpaceWanted"];
export type SpaceChanges = Schemas["SpaceChanges"];
export type SeriesTold = Schemas["SeriesTold"];
export type ChapterTold = Schemas["ChapterTold"];
export type ChaptersTold = Schemas["ChaptersTold"];
export type ChapterWanted = Schemas["ChapterWanted"];
export type SoundTold = Schemas["SoundTold"];
export type HouseTold = Schemas["HouseTold"];
export type DoorsTold = Schemas["DoorsTold"];
export type DoorsWanted = Schemas["DoorsWanted"];
export type LineNow = Schemas["LineNow"];
export type EdgeTold = Schemas["EdgeTold"];
export type LadderWanted = Schemas["LadderWanted"];
/** Something that the house did by itself. */
export type NoteTold = Schemas["NoteTold"];
export type ClaimTold = Schemas["ClaimTold"];
export type Me = Schemas["Me"];
/** What is kept of what somebody says, as they may know it. */
export type MyRecordTold = Schemas["MyRecord"];
export type Silence = MemberTold["silence"];

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Once a second while the Space is on stage; `figures` in the live feed. */
export interface FiguresTold {
  readonly hearing: number;
  readonly admitted: number;
  readonly arrived: number;
  readonly estimated?: number;
  readonly unknown?: number;
  readonly edges?: number;
  readonly rung?: string;
  readonly cadence?: number;
  readonly extras?: string;
  readonly hands?: number;
  readonly waiting?: number;
  readonly turned_away?: number;
  readonly reactions?: Readonly<Record<string, number>>;
}
