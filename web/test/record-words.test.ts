import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inOrder, wantedChapters, withChapter, withChapterAt, withChapterTitle } from "../src/record/chapter-edits";
import { doubts, nextDoubt } from "../src/record/doubt";
import { NO_EDITS, restoring, wantedFrom, withPerson, withRemoved, withText } from "../src/record/edits";
import { deedOf } from "../src/record/keys";
import { merged } from "../src/record/merging";
import { momentFrom, momentText } from "../src/record/moments";
import { hits, replacedAll } from "../src/record/replacing";
import { Undoing } from "../src/record/undoing";
import { momentAt, spanOf, textOf, turnNow, wordAt, wordNow } from "../src/record/words-of";
import { transcriptOf, turnOf } from "./record-words";

const FIRST = turnOf("t1", "maya", "Good evening and welcome", 1_000);
const SECOND = turnOf("t2", "daniel", "Tallin did it in 2013, Tallinn did", 4_000, [0, 4]);
const THIRD = turnOf("t3", "maya", "Who pays for Tallin", 9_000, [3]);
const TURNS = [FIRST, SECOND, THIRD];

describe("letters, words and moments", () => {
  test("belong together, whichever way one asks", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TURNS), fc.nat(6), (turn, nth) => {
        const index = Math.min(nth, turn.words.length - 1);
        const [from, to] = spanOf(turn, index);
        expect(textOf(turn).slice(from, to)).toBe(turn.words[index]!.text);
        expect([wordAt(turn, from), wordAt(turn, to - 1)]).toEqual([index, index]);
        expect(momentAt(turn, textOf(turn), from)).toBe(turn.words[index]!.start_ms);
        expect(wordNow(turn, turn.words[index]!.start_ms + 10)).toBe(index);
      }),
    );
  });

  test("of words that were changed are shared out by letters, within the turn", () => {
    expect(momentAt(FIRST, "Welcome", 0)).toBe(1_000);
    expect(momentAt(FIRST, "Welcome", 7)).toBe(FIRST.words.at(-1)!.end_ms);
  });

  test("name the turn that is heard", () => {
    expect([0, 1_000, 3_999, 4_000, 99_000].map((at) => turnNow(TURNS, at))).toEqual([-1, 0, 0, 1, 2]);
  });

  test("are written as people write them, and read again", () => {
    expect([0, 65_000, 36_180, 3_723_500].map(momentText)).toEqual(["0:00", "1:05", "0:36.2", "1:02:03.5"]);
    expect(["1:02:03.5", "1:05", "12,5", "", "1:x", "1:2:3:4"].map(momentFrom)).toEqual([3_723_500, 65_000, 12_500, null, null, null]);
    fc.assert(
      fc.property(fc.nat(20_000_000), (ms) => {
        expect(momentFrom(momentText(ms))).toBe(Math.round(ms / 100) * 100);
      }),
    );
  });
});

describe("an edit", () => {
  test("that leaves a turn as it was is none", () => {
    const edited = withPerson(withText(NO_EDITS, FIRST, "Good morning"), FIRST, "daniel");
    expect(withPerson(withText(edited, FIRST, " Good  evening and welcome "), FIRST, "maya")).toEqual({});
    expect(withRemoved(withRemoved(NO_EDITS, FIRST, true), FIRST, false)).toEqual({});
  });

  test("asks for what was changed and nothing else; a turn without words is one that is removed", () => {
    const edits = withRemoved(withPerson(withText(withText(NO_EDITS, FIRST, "Hello "), SECOND, " "), FIRST, "daniel"), THIRD, true);
    expect(wantedFrom(edits)).toEqual([
      { id: "t2", removed: true },
      { id: "t1", text: "Hello", person: "daniel" },
      { id: "t3", removed: true },
    ]);
  });

  test("brings an older version's words back, as far as its turns are still there", () => {
    const older = transcriptOf(1, [FIRST, SECOND]);
    const newer = transcriptOf(2, [turnOf("t1", "daniel", "Good evening", 1_000), THIRD], "Ben");
    expect(restoring(older, newer)).toEqual({
      t1: { text: "Good evening and welcome", person: "maya" },
      t3: { isRemoved: true },
    });
  });
});

describe("when somebody else was faster", () => {
  const base = transcriptOf(1, TURNS);

  test("edits of other turns stand on top of theirs", () => {
    const newer = transcriptOf(2, [FIRST, turnOf("t2", "daniel", "Tallinn did it", 4_000), THIRD], "Ben");
    const edits = withText(NO_EDITS, THIRD, "Who pays for Tallinn");
    expect(merged(edits, base, newer)).toEqual({ edits, clashes: [] });
  });

  test("the same turn is shown with both, and one's own stands until it is chosen", () => {
    const newer = transcriptOf(2, [FIRST, turnOf("t2", "daniel", "Tallinn did it", 4_000), THIRD], "Ben");
    const edits = withText(NO_EDITS, SECOND, "Tallinn did this");
    const { edits: kept, clashes } = merged(edits, base, newer);
    expect(kept).toEqual(edits);
    expect(clashes).toEqual([{ id: "t2", theirs: { text: "Tallinn did it", person: "daniel" }, mine: "Tallinn did this" }]);
  });

  test("what both did alike is done", () => {
    const newer = transcriptOf(2, [FIRST, turnOf("t2", "daniel", "Tallinn did it", 4_000), THIRD], "Ben");
    expect(merged(withText(NO_EDITS, SECOND, "Tallinn  did it"), base, newer)).toEqual({ edits: {}, clashes: [] });
  });

  test("words written in a turn that they removed are not lost", () => {
    const newer = transcriptOf(2, [FIRST, SECOND], "Ben");
    expect(merged(withText(NO_EDITS, THIRD, "Who pays"), base, newer).clashes).toEqual([{ id: "t3", theirs: null, mine: "Who pays" }]);
    expect(merged(withRemoved(NO_EDITS, THIRD, true), base, newer)).toEqual({ edits: {}, clashes: [] });
  });

  test("a correction of the speaker and one of the words do not clash", () => {
    const newer = transcriptOf(2, [FIRST, { ...SECOND, person_id: "maya" }, THIRD], "Ben");
    expect(merged(withText(NO_EDITS, SECOND, "Tallinn did"), base, newer).clashes).toEqual([]);
  });
});

describe("doubtful words", () => {
  test("are walked through one by one, round and round, in both directions", () => {
    const all = [
      { turn: "t2", word: 0 },
      { turn: "t2", word: 4 },
      { turn: "t3", word: 3 },
    ];
    expect(doubts(TURNS, NO_EDITS)).toEqual(all);
    expect(nextDoubt(TURNS, NO_EDITS, null, 1)).toEqual(all[0]);
    expect(nextDoubt(TURNS, NO_EDITS, all[0]!, 1)).toEqual(all[1]);
    expect(nextDoubt(TURNS, NO_EDITS, all[2]!, 1)).toEqual(all[0]);
    expect(nextDoubt(TURNS, NO_EDITS, all[0]!, -1)).toEqual(all[2]);
  });

  test("of a turn that somebody has edited are settled, and the walk goes on from there", () => {
    const edits = withText(NO_EDITS, SECOND, "Tallinn did it");
    expect(nextDoubt(TURNS, edits, { turn: "t2", word: 0 }, 1)).toEqual({ turn: "t3", word: 3 });
    expect(nextDoubt([FIRST], NO_EDITS, null, 1)).toBeNull();
  });
});

describe("find and replace", () => {
  const wanted = { find: "Tallin", matchCase: false, wholeWords: true };

  test("finds whole words in any script, where they stand", () => {
    expect(hits(TURNS, NO_EDITS, wanted)).toEqual([
      { turn: "t2", from: 0, to: 6 },
      { turn: "t3", from: 13, to: 19 },
    ]);
    expect(hits([turnOf("t", "m", "Éva et Évariste", 0)], NO_EDITS, { ...wanted, find: "éva" })).toHaveLength(1);
    expect(hits(TURNS, NO_EDITS, { ...wanted, find: "." })).toEqual([]);
  });

  test("replaces every place at once, as text and not as a pattern", () => {
    const edits = replacedAll(TURNS, NO_EDITS, wanted, "$& Tallinn");
    expect(edits["t2"]!.text).toBe("$& Tallinn did it in 2013, Tallinn did");
    expect(edits["t1"]).toBeUndefined();
    expect(hits(TURNS, withRemoved(NO_EDITS, THIRD, true), wanted)).toHaveLength(1);
  });
});

describe("steps", () => {
  test("of one kind that follow each other are taken back as one", () => {
    let steps = Undoing.from("");
    for (const text of ["a", "ab", "abc"]) steps = steps.to(text, "text/t1");
    steps = steps.to("abc!", "text/t2");
    expect(steps.undone().now).toBe("abc");
    expect(steps.undone().undone().now).toBe("");
    expect(steps.undone().undone().canUndo).toBe(false);
  });

  test("stay bounded", () => {
    let steps = Undoing.from(0);
    for (let n = 1; n <= 500; n++) steps = steps.to(n);
    let count = 0;
    for (; steps.canUndo; steps = steps.undone()) count += 1;
    expect(count).toBe(200);
  });
});

describe("chapters", () => {
  const chapter = (start_ms: number, title = `At ${start_ms}`) => ({ start_ms, title, is_machine: true });

  test("stay in order, inside the record, and never begin together", () => {
    const all = inOrder([chapter(5_000), chapter(0)]);
    expect(withChapter(all, 2_000, "New").map(({ start_ms }) => start_ms)).toEqual([0, 2_000, 5_000]);
    expect(withChapter(all, 5_000, "New")).toBe(all);
    expect(withChapterAt(all, 0, 9_999_999, 60_000).map(({ start_ms }) => start_ms)).toEqual([5_000, 60_000]);
    expect(withChapterAt(all, 0, 5_000, 60_000)).toBe(all);
  });

  test("are a host's from the first touch; one without a title is not saved", () => {
    const all = withChapterTitle([chapter(0), chapter(5_000)], 1, " Who pays ");
    expect(all.map(({ is_machine }) => is_machine)).toEqual([true, false]);
    expect(wantedChapters(withChapterTitle(all, 0, " "))).toEqual([{ start_ms: 5_000, title: "Who pays" }]);
  });
});

describe("the keyboard", () => {
  const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, repeat: false, ...more });
  const free = { inTurn: false, typing: false, onControl: false };
  const writing = { inTurn: true, typing: true, onControl: false };

  test("plays by Tab while a turn is written, and Shift+Tab leaves it as everywhere", () => {
    expect(deedOf(press("Tab"), writing, true)).toBe("play");
    expect(deedOf(press("Tab", { shiftKey: true }), writing, true)).toBeNull();
    expect(deedOf(press("Tab"), free, true)).toBeNull();
    expect(deedOf(press("Enter", { metaKey: true }), writing, true)).toBe("turn_next");
    expect(deedOf(press("n"), writing, true)).toBeNull();
  });

  test("goes to the next doubtful word by one letter, with Shift to the one before", () => {
    expect(deedOf(press("n"), free, true)).toBe("doubt_next");
    expect(deedOf(press("N", { shiftKey: true }), free, true)).toBe("doubt_before");
    expect(deedOf(press("n"), free, false)).toBeNull();
    expect(deedOf(press(" "), { ...free, onControl: true }, true)).toBeNull();
  });

  test("saves wherever one is", () => {
    expect(deedOf(press("s", { ctrlKey: true }), writing, false)).toBe("save");
  });
});
