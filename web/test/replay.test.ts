import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordSentence } from "../src/pages/listen-after";
import { LISTEN } from "../src/i18n/listen";
import { replayPollS } from "../src/player/patience";
import { isAddress, marked } from "../src/replay/brief-view";
import { CLIP_S_MAX, clipAround, clipFile, moved } from "../src/replay/clip";
import { KEYS, deedOf } from "../src/replay/keys";
import { LANE_WIDTH, lanesOf, nextOf, pathOf, pausesOf, previousOf, speakingAt, within } from "../src/replay/lanes";
import { hashOf, momentIn } from "../src/replay/moment";
import { rateAfter } from "../src/replay/rates";
import { recordingFrom, type Activity } from "../src/replay/record";
import { find, folded, heardAt, lettersOfSentence, lettersOfWord, scriptOf, wordAtLetter } from "../src/replay/script";

describe("a link to a moment", () => {
  test.each([
    ["#t=12.5", { fromS: 12.5, toS: null }],
    ["#t=12,30", { fromS: 12, toS: 30 }],
    ["#t=,30", { fromS: 0, toS: 30 }],
    ["#t=npt:1:02:03", { fromS: 3_723, toS: null }],
    ["#t=4:05", { fromS: 245, toS: null }],
    ["#t=30,12", null],
    ["#t=1,2,3", null],
    ["#t=soon", null],
    ["#t=-3", null],
    ["#transcript", null],
    ["", null],
  ])("%s", (hash, moment) => expect(momentIn(hash)).toEqual(moment));

  test("what was written is read, to a tenth of a second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), fc.option(fc.integer({ min: 1, max: 9_000 })), (from, length) => {
        const moment = { fromS: from / 10, toS: length === null ? null : (from + length) / 10 };
        expect(momentIn(hashOf(moment))).toEqual(moment);
      }),
    );
  });
});

const activity: Activity = { step_ms: 640, chunks: 40, speaking: { ana: [[0, 4], [6, 9], [30, 32]], ben: [[9, 15], [20, 20]] } };

describe("who was heard when", () => {
  const [ben, ana] = [lanesOf(activity)[1]!, lanesOf(activity)[0]!];

  test("whoever spoke most comes first, and both ends of a run belong to it", () => {
    expect([ana.person, ben.person]).toEqual(["ana", "ben"]);
    expect(ana.spans[0]).toEqual({ fromMs: 0, toMs: 3_200 });
    expect(ana.totalMs).toBe(12 * 640);
  });

  test("a breath does not end a turn, and a cough is none", () => {
    expect(ana.turns).toEqual([{ fromMs: 0, toMs: 6_400 }, { fromMs: 19_200, toMs: 21_120 }]);
    expect(ben.turns).toEqual([{ fromMs: 5_760, toMs: 10_240 }]);
  });

  test("pauses are where nobody was heard for long, the end included", () => {
    expect(pausesOf([ana, ben], 25_600)).toEqual([
      { fromMs: 10_240, toMs: 12_800 },
      { fromMs: 13_440, toMs: 19_200 },
      { fromMs: 21_120, toMs: 25_600 },
    ]);
    expect(pausesOf([], 25_600)).toEqual([{ fromMs: 0, toMs: 25_600 }]);
  });

  test("two at once are both shown as speaking", () => {
    expect([speakingAt([ana, ben], 5_800), speakingAt([ana, ben], 11_000), speakingAt([ana, ben], 3_200)]).toEqual([["ana", "ben"], [], []]);
    expect(within(ana.spans, 3_199)).toEqual(ana.spans[0]);
  });

  test("forward is the next beginning; back is this one's, or the one before when it has only just begun", () => {
    const starts = [0, 10_000, 20_000];
    expect([nextOf(starts, 0), nextOf(starts, 10_000), nextOf(starts, 20_000)]).toEqual([10_000, 20_000, null]);
    expect([previousOf(starts, 15_000), previousOf(starts, 11_000), previousOf(starts, 1_000)]).toEqual([10_000, 0, null]);
  });

  test("a lane stays within its box, however long the talk", () => {
    const runs = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 200 });
    fc.assert(
      fc.property(runs, (gaps) => {
        let at = 0;
        const spans = gaps.map(([gap, length]): [number, number] => [(at += gap + 1), (at += length)]);
        const [lane] = lanesOf({ step_ms: 640, chunks: at + 1, speaking: { ana: spans } });
        const path = pathOf(lane!, (at + 1) * 640, 3);
        for (const [, x, width] of path.matchAll(/M(\d+) 3h(\d+)/gu)) expect(Number(x) + Number(width)).toBeLessThanOrEqual(LANE_WIDTH + 3);
      }),
    );
  });
});

const word = (text: string, start_ms: number, confidence = 0.9) => ({ text, start_ms, end_ms: start_ms + 300, confidence });
const script = scriptOf({
  language: "en",
  engine: "whisper",
  names: { ana: "Ana" },
  is_machine: true,
  translated_from: null,
  turns: [
    { id: "t0", person_id: "ana", sentences: [0, 2], words: [word("It's", 1_000), word("free.", 1_400), word("Élan", 2_000, 0.3), word("vital!", 2_500)] },
    { id: "t1", person_id: "gone", sentences: [0], words: [word("Not", 2_600), word("free.", 3_000)] },
    { id: "t2", person_id: "ana", sentences: [0], words: [] },
  ],
});

describe("a transcript that is read along", () => {
  test("the word at the ear, and after the last one that word", () => {
    expect(heardAt(script, 500)).toBeNull();
    expect(heardAt(script, 1_450)).toEqual({ turn: 0, word: 1 });
    expect(heardAt(script, 2_700)).toEqual({ turn: 1, word: 0 });
    expect(heardAt(script, 99_000)).toEqual({ turn: 1, word: 1 });
  });

  test("letters of words and sentences are those of the text", () => {
    const turn = script[0]!;
    const cut = ({ from, to }: { from: number; to: number }) => turn.text.slice(from, to);
    expect(turn.turn.words.map((_, at) => cut(lettersOfWord(turn, at)))).toEqual(["It's", "free.", "Élan", "vital!"]);
    expect([cut(lettersOfSentence(turn, 1)), cut(lettersOfSentence(turn, 2))]).toEqual(["It's free.", "Élan vital!"]);
    expect(turn.unsure.map(cut)).toEqual(["Élan"]);
    expect([0, 4, 5, 11, 999].map((letter) => wordAtLetter(turn, letter))).toEqual([0, 0, 1, 2, 3]);
  });

  test("what has no words is left out, and who has no name has none", () => {
    expect(script.map(({ name }) => name)).toEqual(["Ana", ""]);
  });

  test("words are found whatever their accents, capitals and apostrophes", () => {
    expect(find(script, " ELAN  vital")).toEqual([{ turn: 0, from: 11, to: 21 }]);
    expect(find(script, "it’s")).toHaveLength(1);
    expect(find(script, "free").map(({ turn }) => turn)).toEqual([0, 1]);
    expect([find(script, ""), find(script, "   "), find(script, "bus")]).toEqual([[], [], []]);
  });

  test("folding keeps every letter's place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(folded(text)).toHaveLength(text.length);
      }),
    );
  });
});

describe("a clip", () => {
  test("begins a little before what was just heard, within the record", () => {
    expect(clipAround(100, 1_000)).toEqual({ fromS: 90, toS: 120 });
    expect(clipAround(3, 1_000)).toEqual({ fromS: 0, toS: 30 });
    expect(clipAround(20, 12)).toEqual({ fromS: 0, toS: 12 });
  });

  test("keeps its order and its length whichever end is moved wherever", () => {
    const handle = fc.constantFrom("from" as const, "to" as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(handle, fc.double({ min: -50, max: 4_000, noNaN: true }))), fc.integer({ min: 5, max: 3_600 }), (moves, durationS) => {
        const clip = moves.reduce((now, [end, toS]) => moved(now, end, toS, durationS), clipAround(0, durationS));
        expect(clip.fromS).toBeGreaterThanOrEqual(0);
        expect(clip.toS).toBeLessThanOrEqual(durationS);
        expect(clip.toS - clip.fromS).toBeGreaterThanOrEqual(1 - 1e-9);
        expect(clip.toS - clip.fromS).toBeLessThanOrEqual(CLIP_S_MAX + 1e-9);
      }),
    );
  });

  test("is asked for in milliseconds", () => {
    expect(clipFile({ fromS: 12.34, toS: 30 })).toBe("clip.m4a?from_ms=12340&to_ms=30000");
  });
});

test("an edge that knows fewer fields is still understood, a record without a length is none", () => {
  expect(recordingFrom({ duration_ms: 640, transcript: { version: 2 } })).toMatchObject({ transcript: 2, brief: null, chapters: [], files: [], edition: 1 });
  expect(() => recordingFrom({})).toThrow(TypeError);
});

test("only what a browser may open becomes a note's link", () => {
  expect(["https://example.org/a", "http://x.test"].map(isAddress)).toEqual([true, true]);
  expect(["javascript:alert(1)", "data:text/html,x", "", "the city's report"].map(isAddress)).toEqual([false, false, false, false]);
});

test("a claim's figures are marked in its words, and no letter is lost", () => {
  const parts = marked("from 14 to 20 percent", ["20 percent", "14", "missing", ""]);
  expect(parts.map((part) => (typeof part === "string" ? part : String(part.values[0]))).join("")).toBe("from 14 to 20 percent");
  expect(parts.filter((part) => typeof part !== "string")).toHaveLength(2);
});

describe("the keyboard", () => {
  const free = { typing: false, onControl: false };
  const key = (name: string, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });

  test("each key is one deed, but not while somebody writes or with the browser's own shortcuts", () => {
    for (const [name, deed] of Object.entries(KEYS)) expect(deedOf(key(name.toUpperCase()), free)).toBe(deed);
    expect(deedOf(key("c"), { ...free, typing: true })).toBeNull();
    expect(deedOf(key("c", { ctrlKey: true }), free)).toBeNull();
  });

  test("the space bar presses the button that has the focus; a held arrow goes on jumping", () => {
    expect(deedOf(key(" "), { ...free, onControl: true })).toBeNull();
    expect(deedOf(key("ArrowRight", { repeat: true }), free)).toBe("ahead");
    expect(deedOf(key(" ", { repeat: true }), free)).toBeNull();
  });
});

test("speeds are stepped through and end where they end", () => {
  expect([rateAfter(1, 1), rateAfter(1, -1), rateAfter(0.8, -1), rateAfter(2, 1), rateAfter(1.8, 1)]).toEqual([1.2, 0.8, 0.8, 2, 2]);
});

describe("after the end, before the replay", () => {
  const told = (more: object) => ({ isRecorded: true, hasReplay: false, endedMs: 0, serverMs: 5_000, ...more });

  test("who is there sees what is true", () => {
    const { en } = LISTEN;
    expect(recordSentence(told({}), en)).toBe(en.replayPreparing);
    expect(recordSentence(told({ serverMs: 601_000 }), en)).toBe(en.replayAway);
    expect(recordSentence(told({ isRecorded: false }), en)).toBe(en.replayNone);
    expect(recordSentence(told({ hasReplay: true }), en)).toBe(en.replayLoading);
  });

  test("it is asked for often in the first minute, then rarely, then not at all", () => {
    const poll = (endedAgoS: number | null) => replayPollS({ isRecorded: true, hasReplay: false, endedAgoS });
    expect([poll(0), poll(60), poll(61), poll(600), poll(601), poll(null)]).toEqual([3, 3, 15, 15, null, null]);
  });
});
