/**
 * What a page shows of a Space. Pure: the tick at the ear and the last `space.json` in, one flat object out.
 */
import type { Space } from "./space";
import type { Caption, Person, Question, Tick } from "./tick";

/** True of the Space, as far as this page knows: at the ear while it listens, else as the edge said. */
export interface Facts {
  readonly title: string;
  readonly description: string;
  readonly programme: string;
  readonly people: readonly Person[];
  readonly hosts: readonly string[];
  /** Person who leads; null: nobody is there to. Undefined: not said. */
  readonly lead: string | null | undefined;
  readonly hearing: number | null;
  readonly waiting: number;
  readonly hands: number;
  readonly question: Question | null;
  readonly captions: readonly Caption[];
  readonly hasExtras: boolean;
  readonly startsMs: number | null;
  readonly onAirMs: number | null;
  readonly endedMs: number | null;
  readonly isPrivate: boolean;
  readonly hasReplay: boolean;
  readonly isRecorded: boolean;
  readonly canRewind: boolean;
  /** Who comes now gets a place in the line. */
  readonly isHeld: boolean;
}

/** A tick says all that it knows, so a field it lacks is an absence, not a gap; before the first, the edge's answer holds. */
export function factsOf(known: Tick | null, space: Space | null): Facts {
  return {
    title: known?.title ?? space?.title ?? "",
    description: space?.description ?? "",
    programme: known?.state ?? space?.state ?? "",
    people: known?.people ?? space?.people ?? [],
    hosts: space?.hosts ?? [],
    lead: known?.lead,
    hearing: known?.audience?.hearing ?? null,
    waiting: known?.audience?.waiting ?? 0,
    hands: known ? (known.hands ?? 0) : (space?.hands ?? 0),
    question: known ? (known.question ?? null) : (space?.question ?? null),
    captions: known?.captions ?? [],
    hasExtras: known ? known.extras !== "off" : (space?.hasExtras ?? true),
    startsMs: space?.startsMs ?? null,
    onAirMs: space?.onAirMs ?? null,
    endedMs: space?.endedMs ?? null,
    isPrivate: space?.isPrivate ?? false,
    hasReplay: space?.hasReplay ?? false,
    isRecorded: space?.isRecorded ?? false,
    canRewind: space?.canRewind ?? false,
    isHeld: space?.doors === "held",
  };
}
