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
