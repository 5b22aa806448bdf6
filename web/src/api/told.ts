/**
 * What the stage door tells, by name. The shapes of its routes are generated (`npm run types`); what comes only as a
 * server-sent event or from a route that is still being built is written down here (docs/PROTOCOL.md, section 4).
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
export type SeriesTold = Schemas["SeriesTold"];
export type ClaimTold = Schemas["ClaimTold"];
export type Me = Schemas["Me"];
export type Role = MemberTold["role"];
export type Silence = MemberTold["silence"];

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface SoundTold {
  readonly id: string;
  readonly name: string;
  readonly is_playing: boolean;
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
  readonly reactions?: Readonly<Record<string, number>>;
}

/** One edge, from its last beat; null: it does not say. */
export interface EdgeTold {
  readonly edge: string;
  /** It has not been heard from for 5 s: its listeners are in no figure. */
  readonly is_silent: boolean;
  readonly admitted: number;
  readonly hearing: number;
  readonly seats: number | null;
  /** 0…1 of the line that it was told it has. */
  readonly line_use: number | null;
  readonly late_ms: number | null;
  readonly rung: "high" | "low";
  readonly cadence: number;
  readonly extras: "on" | "paced" | "off";
  readonly is_rung_forced: boolean;
  readonly is_cadence_forced: boolean;
  readonly is_extras_forced: boolean;
}

export interface HouseTold {
  readonly edges: readonly EdgeTold[];
  readonly figures: { readonly hearing: number; readonly admitted: number; readonly unknown: number };
  readonly capacity: { readonly seats: number | null };
}

/** Something that the house did by itself. */
export interface HouseLine {
  readonly at_ms: number;
  readonly kind: string;
  readonly why: string;
  readonly edge?: string | null;
  readonly space?: string | null;
}
