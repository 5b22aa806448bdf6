import { describe, expect, test } from "vitest";
import { chunkAt, CHUNK_S } from "../src/player/grid";
import { merged, parsedTick, speakingIn, TickQueue, type Tick } from "../src/player/tick";
import golden from "./live-opus.json";

const ana = { id: "ana", name: "Ana", role: "host", muted: false } as const;

describe("merging", () => {
  test("an absent field is as it was", () => {
    expect(merged({ n: 1, title: "A", speaking: { ana: -9 } }, { n: 2, speaking: {} })).toEqual({
      n: 2,
      title: "A",
      speaking: {},
    });
  });

  test("a full tick makes the reader forget", () => {
    expect(merged({ n: 1, title: "A", cadence: 2 }, { n: 9, full: true, title: "B" })).toEqual({
      n: 9,
      full: true,
      title: "B",
    });
  });

  test("what is known is not full, so a change after a snapshot is no snapshot", () => {
    expect(merged({ n: 9, t: 5, full: true, title: "B" }, { n: 10 })).toEqual({ n: 10, title: "B" });
  });

  test("the Python writer's changes give the Python writer's facts", () => {
    const last = (golden.ticks as Tick[]).reduce<Tick | null>(merged, null);
    expect(last).toMatchObject({ n: 100003, state: "on_air", title: "T", speaking: { ana: -18 } });
  });
});

describe("what is shown follows the ear", () => {
  test("a tick waits until its chunk is heard", () => {
    const queue = new TickQueue();
    queue.push({ n: 9, full: true, title: "A" });
    queue.push({ n: 10, title: "B" });
    expect(queue.at(8)).toBeNull();
    expect(queue.at(9)?.title).toBe("A");
    expect(queue.at(10)?.title).toBe("B");
  });

  test("a tick that comes again after a rejoin is taken once", () => {
    const queue = new TickQueue();
    for (const tick of [{ n: 9, full: true, title: "A" }, { n: 10, title: "B" }, { n: 10, full: true, title: "C" }]) {
      queue.push(tick);
    }
    expect(queue.at(10)).toEqual({ n: 10, full: true, title: "C" });
  });

  test("a thousand unheard ticks are bounded and lose no change", () => {
    const queue = new TickQueue();
    queue.push({ n: 0, full: true, title: "A" });
    for (let n = 1; n <= 1000; n++) queue.push(n === 5 ? { n, title: "B" } : { n });
    expect(queue.at(1000)?.title).toBe("B");
  });

  test("a chunk's border belongs to the chunk that begins there, whatever the media element rounds", () => {
    for (const number of [0, 1, 5625, 1_000_003]) {
      expect(chunkAt(number * CHUNK_S)).toBe(number);
      expect(chunkAt(Math.round(number * CHUNK_S * 1e6 - 1) / 1e6)).toBe(number);
      expect(chunkAt((number + 1) * CHUNK_S - 0.01)).toBe(number);
    }
  });
});

test("a muted person is never shown as speaking", () => {
  expect(speakingIn({ n: 1, people: [{ ...ana, muted: true }], speaking: { ana: -12 } })).toEqual([]);
  expect(speakingIn({ n: 1, people: [ana], speaking: { ana: -12 } })).toEqual(["ana"]);
  expect(speakingIn(null)).toEqual([]);
});

test("what is not a tick is null, not an error", () => {
  for (const text of ["", "{", "null", "7", "[]", '{"t":1}', '{"n":1.5}', '{"n":"1"}']) expect(parsedTick(text)).toBeNull();
});

describe("reactions", () => {
  test("are summed over the chunks that were heard since, once", () => {
    const queue = new TickQueue();
    queue.push({ n: 1, reactions: { clap: 2 } });
    queue.push({ n: 2, reactions: { clap: 3, heart: 1 } });
    queue.push({ n: 3, reactions: { wow: 1 } });
    queue.at(2);
    expect(queue.reactionsHeard()).toEqual({ clap: 5, heart: 1 });
    expect(queue.reactionsHeard()).toEqual({});
  });

  test("belong to their chunk only", () => {
    expect(merged({ n: 1, title: "A", reactions: { clap: 2 } }, { n: 2 })).toEqual({ n: 2, title: "A" });
  });
});
