import { expect, test } from "vitest";
import { CHUNK_S } from "../src/player/grid";
import { Holes } from "../src/player/holes";

const ear = { positionS: 10 * CHUNK_S + 0.1, endS: 14 * CHUNK_S, latencyS: 3, targetS: 1.3, furthestS: 1.9, missingS: null, rate: 1 };

function holes(...numbers: number[]): Holes {
  const made = new Holes();
  numbers.forEach((number) => made.add(number));
  return made;
}

test("a late listener in a hole goes to its end and not a sample further", () => {
  expect(holes(10, 11).skipFrom(ear)).toBeCloseTo(12 * CHUNK_S);
});

test("the target is not passed, nor the buffer's end", () => {
  expect(holes(10, 11, 12, 13).skipFrom({ ...ear, latencyS: 2 })).toBeCloseTo(ear.positionS + 0.7);
  expect(holes(10, 11, 12, 13).skipFrom({ ...ear, latencyS: 9 })).toBeCloseTo(14 * CHUNK_S - 0.45);
});

test("sound is never skipped, and who is on time stays", () => {
  expect(holes(11, 12).skipFrom(ear)).toBeNull();
  expect(holes(10, 11).skipFrom({ ...ear, latencyS: 1.4 })).toBeNull();
  expect(holes(10, 11).skipFrom({ ...ear, latencyS: null })).toBeNull();
});
