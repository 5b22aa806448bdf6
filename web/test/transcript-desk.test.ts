import { describe, expect, test } from "vitest";
import { Refusal } from "../src/api/asking";
import { Drafts } from "../src/record/draft";
import { withText } from "../src/record/edits";
import type { HostRecordDoor } from "../src/record/host-record-door";
import type { Transcript, TurnWanted } from "../src/record/told";
import { TranscriptDesk } from "../src/record/transcript-desk";
import type { VersionPage } from "../src/record/version-list";
import { Memory, transcriptOf, turnOf } from "./record-words";

const FIRST = turnOf("t1", "maya", "Good evening", 1_000);
const SECOND = turnOf("t2", "daniel", "Who pays", 4_000);

/** A stage door of one transcript: every version is kept, who is second is refused. */
class Door {
  readonly versions: Transcript[] = [transcriptOf(1, [FIRST, SECOND])];

  async transcript(version = this.versions.length): Promise<Transcript> {
    return this.versions[version - 1]!;
  }

  async saveTranscript(version: number, turns: readonly TurnWanted[]): Promise<Transcript> {
    if (version !== this.versions.length) throw new Refusal(409, null, "Ben was faster.");
    return this.save("Ana", turns);
  }

  async transcriptVersions(): Promise<VersionPage> {
    return { items: [...this.versions].reverse(), next: null };
  }

  save(by: string, wanted: readonly TurnWanted[]): Transcript {
    const turns = this.versions.at(-1)!.turns.map((turn) => {
      const text = wanted.find(({ id }) => id === turn.id)?.text;
      return text === undefined ? turn : { ...turnOf(turn.id, turn.person_id, text, 1_000), is_edited: true };
    });
    this.versions.push(transcriptOf(this.versions.length + 1, turns, by));
    return this.versions.at(-1)!;
  }
}

const NOW_MS = 1_800_000_000_000;

async function opened(door: Door, memory: Memory): Promise<TranscriptDesk> {
  const desk = new TranscriptDesk(door as unknown as HostRecordDoor, new Drafts("transcript", "talk", memory), () => undefined, () => NOW_MS);
  await desk.open();
  return desk;
}

describe("what is not saved", () => {
  test("is there again after the page was closed, and says so", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const before = await opened(door, memory);
    before.text(FIRST, "Good morning");
    before.keeper.now();
    const after = await opened(door, memory);
    expect(after.edits).toEqual(withText({}, FIRST, "Good morning"));
    expect(after.news).toEqual({ kind: "draft", atMs: NOW_MS });
    after.undo();
    expect(after.isChanged).toBe(true);
    after.throwAway();
    after.keeper.now();
    expect(memory.kept.size).toBe(0);
  });

  test("is put on top of a version that came meanwhile", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const before = await opened(door, memory);
    before.text(FIRST, "Good morning");
    before.keeper.now();
    door.save("Ben", [{ id: "t2", text: "Who pays for it" }]);
    const after = await opened(door, memory);
    expect([after.transcript!.version, after.clashes, Object.keys(after.edits)]).toEqual([2, [], ["t1"]]);
  });

  test("is said to be lost on reload where the browser keeps nothing", async () => {
    const memory = new Memory();
    const desk = await opened(new Door(), memory);
    memory.isFull = true;
    desk.text(FIRST, "Good morning");
    desk.keeper.now();
    expect(desk.keeper.isForgetful).toBe(true);
  });

  test("is never taken from a draft that cannot be read", async () => {
    const memory = new Memory();
    memory.kept.set("stentor.transcript.talk", "{");
    expect((await opened(new Door(), memory)).isChanged).toBe(false);
  });
});

describe("a save", () => {
  test("makes a version, and forgets the draft", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const desk = await opened(door, memory);
    desk.text(FIRST, "Good morning");
    desk.keeper.now();
    expect(await desk.save()).toBe(true);
    expect([desk.transcript!.version, desk.isChanged, memory.kept.size, desk.versions.items.length]).toEqual([2, false, 0, 2]);
  });

  test("that comes second loses nothing: theirs is read, mine stands on top, and is saved by the next press", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const desk = await opened(door, memory);
    desk.text(FIRST, "Good morning");
    door.save("Ben", [{ id: "t2", text: "Who pays for it" }]);
    expect(await desk.save()).toBe(false);
    expect(desk.news).toEqual({ kind: "merged", by: "Ben", version: 2 });
    expect(await desk.save()).toBe(true);
    expect(door.versions[2]!.turns.map(({ words }) => words.map(({ text }) => text).join(" "))).toEqual(["Good morning", "Who pays for it"]);
  });

  test("waits for a choice where both have changed a turn", async () => {
    const [door, memory] = [new Door(), new Memory()];
    const desk = await opened(door, memory);
    desk.text(FIRST, "Good morning");
    door.save("Ben", [{ id: "t1", text: "Good night" }]);
    await desk.save();
    expect(desk.clashes).toHaveLength(1);
    expect(await desk.save()).toBe(false);
    expect(door.versions).toHaveLength(2);
    desk.settleClash(desk.clashes[0]!, false);
    expect([desk.clashes, desk.isChanged]).toEqual([[], false]);
  });

  test("can bring back an older version, as changes that are not saved yet", async () => {
    const [door, memory] = [new Door(), new Memory()];
    door.save("Ben", [{ id: "t1", text: "Good night" }]);
    const desk = await opened(door, memory);
    await desk.look(1);
    desk.restore();
    expect(desk.edits).toEqual({ t1: { text: "Good evening" } });
    expect([desk.older, desk.news]).toEqual([null, { kind: "restored", version: 1, lost: 0 }]);
  });
});
