import { describe, expect, test } from "vitest";
import {
  SUMMARY_LINES_MAX,
  cleaned,
  linesAt,
  quotesOf,
  sectionAt,
  withClaim,
  withHeading,
  withLineMoved,
  withLineText,
  withQuote,
  withoutClaim,
  withoutLine,
  withoutQuote,
} from "../src/record/brief-edits";
import { BriefDesk } from "../src/record/brief-desk";
import { withChapter } from "../src/record/chapter-edits";
import { ChaptersDesk } from "../src/record/chapters-desk";
import { Drafts } from "../src/record/draft";
import { quoteOfSpan } from "../src/record/quoting";
import type { HostRecordDoor } from "../src/record/host-record-door";
import type { Brief, ChapterTold, ChapterWanted, Line, Quote } from "../src/record/told";
import type { VersionPage } from "../src/record/version-list";
import { Refusal } from "../src/api/asking";
import { Memory, turnOf } from "./record-words";

const TURN = turnOf("t1", "maya", "The buses cost eighty million euros a year", 10_000);

function quote(startMs: number, text = `at ${startMs}`): Quote {
  return { turn_id: "t1", person_id: "maya", text, start_ms: startMs, end_ms: startMs + 500, confidence: 0.9, original: null };
}

function line(startMs: number): Line {
  return { text: `Line at ${startMs}`, quotes: [quote(startMs)] };
}

const BRIEF: Brief = {
  version: 3,
  transcript: 2,
  language: "en",
  engine: "extractive",
  title: "Buses",
  names: { maya: "Maya" },
  summary: [line(1_000), line(9_000)],
  sections: [
    { heading: "Money", start_ms: 0, end_ms: 20_000, lines: [line(2_000), line(12_000)] },
    { heading: "Air", start_ms: 20_000, end_ms: 40_000, lines: [line(21_000)] },
  ],
  claims: [{ quote: quote(5_000, "eighty million"), kind: "figure", figures: ["eighty million"], note: "", source: "" }],
  figures: [],
  is_machine: true,
  by: "machine",
  made_ms: 0,
  translated_from: null,
};

describe("a quote", () => {
  test("is whole words, those that are only touched too, with their own times", () => {
    const found = quoteOfSpan(TURN, 6, 18)!;
    expect(found.text).toBe("buses cost eighty");
    expect([found.start_ms, found.end_ms]).toEqual([TURN.words[1]!.start_ms, TURN.words[3]!.end_ms]);
    expect(found.confidence).toBe(Math.min(...TURN.words.slice(1, 4).map((word) => word.confidence)));
  });

  test("of nothing is none", () => {
    expect(quoteOfSpan(TURN, 4, 4)).toBeNull();
  });

  test("becomes a line of the topic in which it was said, in the order of time", () => {
    expect(sectionAt(BRIEF, 10_000)).toBe(0);
    expect(sectionAt(BRIEF, 90_000)).toBe(1);
    const then = withQuote(BRIEF, 0, quote(10_000));
    expect(linesAt(then, 0).map(({ quotes }) => quotes[0]!.start_ms)).toEqual([2_000, 10_000, 12_000]);
  });

  test("is not put into a summary that is full", () => {
    const full = { ...BRIEF, summary: Array.from({ length: SUMMARY_LINES_MAX }, (_, n) => line(n)) };
    expect(withQuote(full, "summary", quote(99))).toBe(full);
  });

  test("stays where it is the last that carries its line", () => {
    expect(withoutQuote(BRIEF, "summary", 0, 0)).toEqual(BRIEF);
    const two = withLineText(BRIEF, "summary", 0, "Two voices");
    const carried = { ...two, summary: [{ text: "Two voices", quotes: [quote(1), quote(2)] }] };
    expect(linesAt(withoutQuote(carried, "summary", 0, 0), "summary")[0]!.quotes).toEqual([quote(2)]);
  });
});

describe("lines", () => {
  test("move, go and are written without touching anything else", () => {
    expect(linesAt(withLineMoved(BRIEF, "summary", 0, 1), "summary")).toEqual([line(9_000), line(1_000)]);
    expect(withLineMoved(BRIEF, "summary", 1, 1)).toBe(BRIEF);
    expect(linesAt(withoutLine(BRIEF, 1, 0), 1)).toEqual([]);
    expect(withHeading(BRIEF, 1, "The air").sections[0]).toBe(BRIEF.sections[0]);
  });

  test("without words, and topics without lines, are not saved", () => {
    const emptied = withoutLine(withLineText(BRIEF, "summary", 0, "  "), 1, 0);
    expect(cleaned(emptied).summary).toEqual([line(9_000)]);
    expect(cleaned(emptied).sections.map(({ heading }) => heading)).toEqual(["Money"]);
  });

  test("keep a claim's note and source beside its words", () => {
    const noted = withClaim(BRIEF, 0, { note: "79, says the budget", source: "https://example.org" });
    expect(noted.claims[0]).toMatchObject({ note: "79, says the budget", quote: { text: "eighty million" } });
    expect(withoutClaim(noted, 0).claims).toEqual([]);
    expect(quotesOf(BRIEF)).toHaveLength(6);
  });
});

/** A stage door of one brief, which answers as it is told to. */
class Door {
  refusals: Refusal[] = [];
  sent: Brief[] = [];
  brief_: Brief = BRIEF;

  async brief(): Promise<Brief> {
    return this.brief_;
  }

  async briefVersions(cursor: string | null): Promise<VersionPage> {
    const told = (version: number) => ({ version, by: "machine", made_ms: 0, is_machine: true });
    return cursor === null ? { items: [told(3), told(2)], next: "after 2" } : { items: [told(1)], next: null };
  }

  async saveBrief(brief: Brief): Promise<Brief> {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.sent.push(brief);
    this.brief_ = { ...brief, version: brief.version + 1 };
    return this.brief_;
  }
}

const NOW_MS = 1_800_000_000_000;

async function opened(door = new Door(), memory = new Memory()): Promise<{ door: Door; desk: BriefDesk }> {
  const drafts = new Drafts<Brief>("brief", "talk", memory);
  const desk = new BriefDesk(door as unknown as HostRecordDoor, drafts, () => undefined, () => NOW_MS);
  await desk.open();
  return { door, desk };
}

describe("a brief that is not saved", () => {
  test("is there again after the page was closed, says so, and can be taken back", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const { desk: before } = await opened(door, memory);
    before.edit(withHeading(before.brief!, 0, "Mine"));
    before.keeper.now();
    const { desk } = await opened(door, memory);
    expect([desk.brief!.sections[0]!.heading, desk.draftMs]).toEqual(["Mine", NOW_MS]);
    desk.undo();
    expect([desk.isChanged, desk.draftMs]).toEqual([false, null]);
    desk.keeper.now();
    expect(memory.kept.size).toBe(0);
  });

  test("waits for a choice when somebody has saved meanwhile, however often the page is loaded again", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const { desk: before } = await opened(door, memory);
    before.edit(withHeading(before.brief!, 0, "Mine"));
    before.keeper.now();
    door.brief_ = { ...withHeading(BRIEF, 0, "Theirs"), version: 4, by: "Ben" };
    for (let load = 0; load < 2; load++) {
      const { desk } = await opened(door, memory);
      expect(desk.newer?.by).toBe("Ben");
      await desk.save();
      expect(door.sent).toEqual([]);
      desk.keeper.now();
    }
    const { desk } = await opened(door, memory);
    desk.choose(false);
    desk.keeper.now();
    expect([desk.brief!.sections[0]!.heading, memory.kept.size]).toEqual(["Theirs", 0]);
  });

  test("is forgotten once it is saved", async () => {
    const memory = new Memory();
    const { desk } = await opened(new Door(), memory);
    desk.edit(withHeading(desk.brief!, 0, "Mine"));
    desk.keeper.now();
    expect(memory.kept.size).toBe(1);
    await desk.save();
    expect(memory.kept.size).toBe(0);
  });
});

describe("a brief's versions", () => {
  test("are a list that goes on", async () => {
    const { desk } = await opened();
    expect([desk.versions.items.map(({ version }) => version), desk.versions.hasMore]).toEqual([[3, 2], true]);
    await desk.moreVersions();
    expect([desk.versions.items.map(({ version }) => version), desk.versions.hasMore]).toEqual([[3, 2, 1], false]);
  });

  test("are looked at, and come back as changes of the newest", async () => {
    const { door, desk } = await opened();
    door.brief_ = { ...withHeading(BRIEF, 0, "As it was"), version: 1 };
    await desk.look(1);
    expect([desk.older?.version, desk.brief!.version]).toEqual([1, 3]);
    desk.restore();
    expect([desk.older, desk.restored, desk.isChanged]).toEqual([null, 1, true]);
    await desk.save();
    expect(door.sent[0]).toMatchObject({ version: 3, sections: [{ heading: "As it was" }, {}] });
  });
});

test("chapters that are not saved are there again, once, and go when they are left", async () => {
  const memory = new Memory();
  const saved: ChapterTold[] = [{ start_ms: 0, title: "Welcome", is_machine: true }];
  const door = { saveChapters: async (wanted: ChapterWanted[]) => wanted.map((one) => ({ ...one, is_machine: false })) };
  const open = (): ChaptersDesk => {
    const drafts = new Drafts<readonly ChapterTold[]>("chapters", "talk", memory);
    const desk = new ChaptersDesk(door as unknown as HostRecordDoor, drafts, () => undefined, () => NOW_MS);
    desk.take(saved);
    return desk;
  };
  const before = open();
  before.edit(withChapter(before.all, 9_000, "Money"));
  before.keeper.now();
  const desk = open();
  expect([desk.all.map(({ title }) => title), desk.isChanged, desk.draftMs]).toEqual([["Welcome", "Money"], true, NOW_MS]);
  desk.take(saved);
  expect(desk.all).toHaveLength(2);
  desk.leave();
  expect([desk.all, desk.isChanged, memory.kept.size]).toEqual([saved, false, 0]);
  desk.edit(withChapter(desk.all, 9_000, "Money"));
  const undo = await desk.save();
  expect([desk.all.length, desk.isChanged]).toEqual([2, false]);
  await undo();
  expect(desk.all).toEqual([]);
});

describe("the desk", () => {
  test("names the quote that the transcript does not have, and keeps what was written", async () => {
    const { door, desk } = await opened();
    desk.edit(withHeading(desk.brief!, 0, "What it costs"));
    door.refusals.push(new Refusal(400, null, "“eighty million” (turn t1) cannot be proved: The turn does not have these words."));
    await desk.save();
    expect(desk.unproved).toBe("eighty million");
    expect(desk.brief!.sections[0]!.heading).toBe("What it costs");
    desk.edit(withoutClaim(desk.brief!, 0));
    await desk.save();
    expect([desk.unproved, desk.saved!.version, desk.isChanged]).toEqual([null, 4, false]);
  });

  test("lets a person choose when somebody else has saved meanwhile", async () => {
    const { door, desk } = await opened();
    desk.edit(withHeading(desk.brief!, 0, "Mine"));
    door.brief_ = { ...withHeading(BRIEF, 0, "Theirs"), version: 4, by: "Ben" };
    door.refusals.push(new Refusal(409, null, "Ben was faster."));
    await desk.save();
    expect(desk.newer?.by).toBe("Ben");
    await desk.save();
    expect(door.sent).toEqual([]);
    desk.choose(true);
    await desk.save();
    expect(door.sent[0]).toMatchObject({ version: 4, sections: [{ heading: "Mine" }, {}] });
  });

  test("takes steps back, a word written in one go as one", async () => {
    const { desk } = await opened();
    for (const text of ["M", "Mo", "Mone"]) desk.edit(withHeading(desk.brief!, 0, text), "heading/0");
    desk.settle();
    desk.edit(withoutLine(desk.brief!, 0, 0));
    desk.undo();
    expect(desk.brief!.sections[0]!.heading).toBe("Mone");
    desk.undo();
    expect(desk.isChanged).toBe(false);
  });
});
