/** A host's chapters: set, moved, named. Pure. */
import { lastBegun } from "../replay/lanes";
import type { ChapterTold, ChapterWanted } from "./told";

export function inOrder(chapters: readonly ChapterTold[]): ChapterTold[] {
  return [...chapters].sort((one, other) => one.start_ms - other.start_ms);
}

/** @returns the same list when a chapter begins there already. */
export function withChapter(chapters: readonly ChapterTold[], startMs: number, title: string): readonly ChapterTold[] {
  if (chapters.some(({ start_ms }) => start_ms === startMs)) return chapters;
  return inOrder([...chapters, { start_ms: startMs, title, is_machine: false }]);
}

export function withChapterTitle(chapters: readonly ChapterTold[], index: number, title: string): ChapterTold[] {
  return chapters.map((chapter, at) => (at === index ? { ...chapter, title, is_machine: false } : chapter));
}

/** Stays between 0 and the record's end, and never on another's beginning. */
export function withChapterAt(
  chapters: readonly ChapterTold[],
  index: number,
  startMs: number,
  durationMs: number,
): readonly ChapterTold[] {
  const moved = Math.round(Math.min(Math.max(0, startMs), durationMs));
  if (chapters.some(({ start_ms }, at) => at !== index && start_ms === moved)) return chapters;
  return inOrder(chapters.map((chapter, at) => (at === index ? { ...chapter, start_ms: moved, is_machine: false } : chapter)));
}

export function withoutChapter(chapters: readonly ChapterTold[], index: number): ChapterTold[] {
  return chapters.filter((_, at) => at !== index);
}

export function wantedChapters(chapters: readonly ChapterTold[]): ChapterWanted[] {
  return chapters.filter(({ title }) => title.trim() !== "").map(({ start_ms, title }) => ({ start_ms, title: title.trim() }));
}

/** The one that is being heard. @returns −1 before the first. */
export function chapterNow(chapters: readonly ChapterTold[], atMs: number): number {
  return lastBegun(chapters, atMs, ({ start_ms }) => start_ms);
}
