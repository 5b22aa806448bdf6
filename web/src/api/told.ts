/**
 * What the stage door tells, by name. The shapes of its routes are generated (`schema.ts`); what comes as a
 * server-sent event has no route and is written down here (docs/PROTOCOL.md, section 4).
 */
export type Role = "host" | "cohost" | "speaker" | "listener";
export type Silence = "none" | "muted" | "locked";

export interface MemberTold {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly silence: Silence;
  readonly is_waiting: boolean;
  readonly asked_ms: number | null;
  readonly note: string;
  readonly is_out: boolean;
  readonly is_source: boolean;
  readonly is_here: boolean;
  readonly is_away: boolean;
}

export interface BanTold {
  readonly kind: "person" | "invitation" | "network";
  readonly value: string;
  readonly name: string;
  readonly by: string;
  readonly at_ms: number;
}

export interface CrewTold {
  readonly members: readonly MemberTold[];
  readonly line: readonly string[];
  readonly lead: string | null;
  readonly bans: readonly BanTold[];
}

export interface QuestionTold {
  readonly id: string;
  readonly text: string;
  readonly name: string;
  readonly at_ms: number;
  readonly is_done: boolean;
}

export interface QuestionsTold {
  readonly is_open: boolean;
  readonly on_screen: string | null;
  readonly items: readonly QuestionTold[];
}

export interface InvitationTold {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly is_revoked: boolean;
  readonly is_shared?: boolean;
  readonly is_source?: boolean;
  readonly uses?: number;
  readonly uses_max?: number;
  readonly expires_ms?: number | null;
  readonly person?: string | null;
  readonly link?: string | null;
}

export interface EndAskedTold {
  readonly by: string;
  readonly at_ms: number;
}

export interface SpaceTold {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly created_ms: number;
  readonly on_air_ms: number | null;
  readonly ended_ms: number | null;
  readonly description?: string;
  readonly starts_ms?: number | null;
  readonly is_private?: boolean;
  readonly speakers_max?: number | null;
  readonly over_at_ms?: number | null;
  readonly end_asked?: EndAskedTold | null;
  readonly links: { readonly listen: string; readonly host?: string | null };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface AudienceTold {
  readonly step_s: number;
  readonly from_ms: number | null;
  readonly hearing: readonly (number | null)[];
  readonly admitted: readonly (number | null)[];
  readonly arrived: readonly (number | null)[];
  readonly unknown: readonly (number | null)[];
}

export interface SoundTold {
  readonly id: string;
  readonly name: string;
  readonly is_playing: boolean;
  readonly duration_s?: number | null;
  readonly size_bytes?: number;
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
