/**
 * What people say about a Space: as a form has it, as the stage door wants it. Pure.
 *
 * Comes in: a Space, a form's fields. Goes out: a Space to make, or what is to change in one, and nothing else.
 */
import type { SpaceChanges, SpaceTold, SpaceWanted } from "../api/told";

/** As a form has it: text as written, a date as `datetime-local` writes it, empty for none. */
export interface Details {
  readonly title: string;
  readonly description: string;
  readonly starts: string;
  readonly places: string;
  readonly isPrivate: boolean;
  readonly isRecorded: boolean;
  /** What is spoken, BCP 47. */
  readonly language: string;
}

export const NO_DETAILS: Details = { title: "", description: "", starts: "", places: "", isPrivate: false, isRecorded: true, language: "en" };

export function detailsOf(space: SpaceTold): Details {
  return {
    title: space.title,
    description: space.description,
    starts: space.starts_ms === null ? "" : localOf(space.starts_ms),
    places: space.speakers_max === null ? "" : String(space.speakers_max),
    isPrivate: space.is_private,
    isRecorded: space.is_recorded,
    language: space.language,
  };
}

export function wantedFrom(details: Details): SpaceWanted {
  return {
    title: details.title.trim(),
    description: details.description.trim(),
    starts_ms: msOf(details.starts),
    speakers_max: placesOf(details.places),
    is_private: details.isPrivate,
    is_recorded: details.isRecorded,
    language: details.language,
  };
}

/** Only what was changed in the form: somebody else may be changing the rest. */
export function changesBetween(before: Details, after: Details): SpaceChanges {
  const wanted = wantedFrom(after);
  return {
    ...(after.title.trim() === before.title.trim() ? {} : { title: wanted.title }),
    ...(after.description.trim() === before.description.trim() ? {} : { description: wanted.description! }),
    ...(after.starts === before.starts ? {} : { starts_ms: wanted.starts_ms! }),
    ...(after.places === before.places ? {} : { speakers_max: wanted.speakers_max! }),
    ...(after.isPrivate === before.isPrivate ? {} : { is_private: wanted.is_private! }),
    ...(after.isRecorded === before.isRecorded ? {} : { is_recorded: wanted.is_recorded! }),
    ...(after.language === before.language ? {} : { language: wanted.language! }),
  };
}

/** What restores the fields that these changes name. */
export function restoring(changes: SpaceChanges, was: SpaceTold): SpaceChanges {
  const names = Object.keys(changes) as (keyof SpaceChanges)[];
  return Object.fromEntries(names.map((name) => [name, was[name]]));
}

function msOf(local: string): number | null {
  const ms = local === "" ? NaN : new Date(local).getTime();
  return Number.isNaN(ms) ? null : ms;
}

function placesOf(text: string): number | null {
  return text === "" ? null : Number(text);
}

/** This machine's local time, to the minute, as `datetime-local` writes it. */
function localOf(ms: number): string {
  const at = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
