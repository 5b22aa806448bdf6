/** Turns and transcripts for tests of the record's pages. */
import type { Transcript, Turn } from "../src/record/told";

const WORD_MS = 400;

/** @param doubtful indexes of the words that the machine was not sure of. */
export function turnOf(id: string, person: string, text: string, startMs: number, doubtful: readonly number[] = []): Turn {
  return {
    id,
    person_id: person,
    words: text.split(" ").map((word, index) => ({
      text: word,
      start_ms: startMs + index * WORD_MS,
      end_ms: startMs + (index + 1) * WORD_MS - 50,
      confidence: doubtful.includes(index) ? 0.3 : 0.9,
    })),
    sentences: [0],
    is_edited: false,
  };
}

export function transcriptOf(version: number, turns: readonly Turn[], by = "machine"): Transcript {
  return {
    version,
    language: "en",
    engine: "whisper tiny.en",
    names: { maya: "Maya", daniel: "Daniel" },
    turns,
    is_machine: by === "machine",
    by,
    made_ms: 0,
    translated_from: null,
  };
}

/** A browser's storage, which may be full. */
export class Memory {
  readonly kept = new Map<string, string>();
  isFull = false;
  getItem = (key: string): string | null => this.kept.get(key) ?? null;
  removeItem = (key: string): void => void this.kept.delete(key);
  setItem = (key: string, value: string): void => {
    if (this.isFull) throw new Error("QuotaExceededError");
    this.kept.set(key, value);
  };
}
