import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GOOD_LIFE_S, Knocks, LISTENER, SPEAKER, WINDOW_S, type End, type Manners } from "../src/player/knocks";

const MIDDLE = 0.5;

/** The waits of connections that all end like this at once, one after the other. */
function waits(count: number, end: End, manners?: Manners): number[] {
  const knocks = new Knocks(manners);
  let nowS = 0;
  return Array.from({ length: count }, () => {
    const waitS = knocks.next(nowS, MIDDLE);
    nowS += waitS + end.livedS;
    knocks.ended(nowS, MIDDLE, end);
    return waitS;
  });
}

describe("a page that knocks", () => {
  test("is at once let in the first time", () => {
    expect(new Knocks().next(100, 1)).toBe(0);
  });

  test("waits longer after each failure, eight seconds at most", () => {
    expect(waits(10, { livedS: 0 })).toEqual([0, 0.25, 0.5, 1, 2, 2, 2, 2, 4, 8]);
  });

  test("on stage waits two seconds at most: the audience waits for it", () => {
    expect(waits(7, { livedS: 0 }, SPEAKER)).toEqual([0, 0.25, 0.5, 1, 2, 2, 2]);
  });

  test("begins with the shortest wait after a good life", () => {
    expect(waits(4, { livedS: GOOD_LIFE_S })).toEqual([0, 0.25, 0.25, 0.25]);
  });

  test("goes on at once after a stream that ended in good order", () => {
    expect(waits(3, { livedS: GOOD_LIFE_S, isInOrder: true })).toEqual([0, 0, 0]);
  });

  test("is not fooled by an edge that sends one chunk and ends in good order", () => {
    expect(waits(5, { livedS: 0.5, isInOrder: true })).toEqual([0, 0.25, 0.5, 1, 2]);
  });

  test("waits as long as it was told", () => {
    expect(waits(2, { livedS: 0, retryAfterS: 20 })).toEqual([0, 22.5]);
  });

  test("does not let a press wait for what a machine did", () => {
    const knocks = new Knocks();
    knocks.ended(0, MIDDLE, { livedS: 0, retryAfterS: 60 });
    knocks.forgive();
    expect(knocks.next(1, MIDDLE)).toBe(0);
  });
});

test.each([LISTENER, SPEAKER])("whatever happens, no minute has more than its knocks, and no wait is without end", (manners) => {
  const lives = fc.record({
    livedS: fc.double({ min: 0, max: 30, noNaN: true }),
    isInOrder: fc.boolean(),
    retryAfterS: fc.option(fc.double({ min: 0, max: 3, noNaN: true })),
    isPressed: fc.boolean(),
    chance: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(lives, { minLength: 50, maxLength: 200 }), (ends) => {
      const knocks = new Knocks(manners);
      const atS: number[] = [];
      let nowS = 0;
      for (const { chance, isPressed, ...end } of ends) {
        if (isPressed) knocks.forgive();
        const waitS = knocks.next(nowS, chance);
        expect(waitS).toBeGreaterThanOrEqual(0);
        expect(waitS).toBeLessThanOrEqual(75);
        nowS += waitS;
        atS.push(nowS);
        nowS += end.livedS;
        knocks.ended(nowS, chance, end);
      }
      for (let i = manners.knocksMax; i < atS.length; i++) {
        // A thousandth is the rounding of sums.
        expect(atS[i]! - atS[i - manners.knocksMax]!).toBeGreaterThanOrEqual(WINDOW_S - 0.001);
      }
    }),
  );
});

test("a house that is gone for a minute is never held back by the bound: the waits alone keep to it", () => {
  const all = waits(15, { livedS: 0 });
  expect(Math.max(...all)).toBe(8);
  expect(all.reduce((sum, waitS) => sum + waitS, 0)).toBeGreaterThan(WINDOW_S);
});

test("a crowd that lost the same house does not come back in step", () => {
  const seconds = Array.from({ length: 100 }, (_, i) => {
    const knocks = new Knocks();
    for (let n = 0; n < 9; n++) knocks.ended(0, i / 99, { livedS: 0 });
    return knocks.next(0, i / 99);
  });
  expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThanOrEqual(2);
});
