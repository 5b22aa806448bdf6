/** `search.json`: what was said, read, checked and cut at its marks. Pure. */
import { hashOf } from "../replay/moment";

export interface Said {
  readonly space: string;
  readonly title: string;
  readonly name: string;
  readonly startMs: number;
  readonly pieces: readonly Piece[];
  /** Nobody has corrected the transcript that it stands in. */
  readonly isMachine: boolean;
}

export interface Piece {
  readonly text: string;
  readonly isFound: boolean;
}

/** @throws TypeError it is not the list: the caller treats that as no answer. */
export function saidFrom(json: { readonly items?: unknown }): readonly Said[] {
  if (!Array.isArray(json.items)) throw new TypeError("search.json has no items.");
  return (json.items as Record<string, unknown>[]).map((item) => ({
    space: String(item["space"]),
    title: String(item["title"] ?? ""),
    name: String(item["name"] ?? ""),
    startMs: Number(item["start_ms"]) || 0,
    pieces: piecesOf(String(item["text"] ?? ""), item["marks"]),
    isMachine: item["is_machine"] !== false,
  }));
}

/** Where it can be heard: the Space's page at that second. */
export function addressOf({ space, startMs }: Said): string {
  return `/s/${encodeURIComponent(space)}${hashOf({ fromS: startMs / 1000, toS: null })}`;
}

/** Marks count characters as Python does: whole ones, also those that are two here. */
function piecesOf(text: string, marks: unknown): readonly Piece[] {
  const letters = [...text];
  const pieces: Piece[] = [];
  let end = 0;
  for (const [from, to] of Array.isArray(marks) ? (marks as [number, number][]) : []) {
    if (!(from >= end && to > from && to <= letters.length)) continue;
    pieces.push({ text: letters.slice(end, from).join(""), isFound: false });
    pieces.push({ text: letters.slice(from, to).join(""), isFound: true });
    end = to;
  }
  pieces.push({ text: letters.slice(end).join(""), isFound: false });
  return pieces.filter((piece) => piece.text !== "");
}
