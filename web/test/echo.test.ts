import { describe, expect, test } from "vitest";
import { EchoEar, alikeness, echoIn } from "../src/speaker/echo";

/** Speech as an envelope: words of changing loudness with pauses, twenty values a second; `seed` is the speaker. */
function speech(steps: number, seed: number): number[] {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const levels: number[] = [];
  while (levels.length < steps) {
    const isWord = next() > 0.35;
    const loudDb = -32 + next() * 20;
    for (let i = 0; i < 3 + next() * 6; i++) levels.push(isWord ? loudDb + next() * 4 : -62 + next() * 4);
  }
  return levels.slice(0, steps);
}

/** The loudspeaker as the microphone hears it: later and softer. */
function echoOf(out: readonly number[], lag: number, lossDb: number): number[] {
  return [...Array<number>(lag).fill(-70), ...out].slice(0, out.length).map((db) => Math.max(-70, db - lossDb));
}

describe("an echo", () => {
  test.each([0, 3, 8])("is found at a delay of %d steps", (lag) => {
    const out = speech(90, 11);
    expect(echoIn(out, echoOf(out, lag, 12))).toBe(true);
  });

  test("is not what somebody else says", () => {
    for (let seed = 1; seed < 40; seed++) expect(echoIn(speech(90, seed), speech(90, seed + 1_000)), `${seed}`).toBe(false);
  });

  test("is not known while the others are silent", () => {
    expect(echoIn(Array<number>(90).fill(-80), speech(90, 3))).toBeNull();
  });

  test("is not there when the microphone is closed", () => {
    expect(echoIn(speech(90, 5), Array<number>(90).fill(-80))).toBe(false);
  });

  test("is said after three seconds of it in a row, and no more once headphones are on", () => {
    const out = speech(400, 21);
    const into = echoOf(out, 4, 10);
    const ear = new EchoEar();
    const said = out.map((db, i) => (ear.hear(db, into[i]!), ear.isEcho));
    expect(said.slice(0, 130).some(Boolean)).toBe(false);
    expect(said.at(-1)).toBe(true);
    for (const db of speech(200, 22)) ear.hear(db, -75);
    expect(ear.isEcho).toBe(false);
  });
});

test("two curves that do not move are not alike", () => {
  expect(alikeness([1, 1, 1], [1, 2, 3])).toBe(0);
});
