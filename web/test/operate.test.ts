import { describe, expect, test } from "vitest";
import { OPERATE } from "../src/i18n/operate";
import { Speech } from "../src/i18n/language";
import { noteSentence } from "../src/operate/notes";
import { percent, taken } from "../src/operate/steps";

const english = new Speech("en", OPERATE.en);

describe("a line of the house's log", () => {
  const note = (kind: string, facts: Record<string, unknown>) => ({ n: 1, at_ms: 0, kind, facts });

  test("names the step and what the edge felt", () => {
    const told = note("ladder", { edge: "e1", rung: ["high", "low"], cadence: [1, 2], felt: { line: 0.91, late_ms: 12.4 } });
    expect(noteSentence(told, english)).toBe(
      "e1 moved on its ladder: sound small, chunks per write 2. It felt: line 91 %, latest write 12 ms.",
    );
  });

  test("names who gave an order", () => {
    expect(noteSentence(note("ladder_order", { edge: "e1", by: "ana", extras: "auto" }), english)).toBe(
      "ana has set e1: reactions automatic.",
    );
  });

  test("says what a record that nobody seals wants", () => {
    const told = noteSentence(note("unsealed", { space: "talk" }), english);
    expect(told).toContain("record of talk");
    expect(told).not.toContain("{");
  });

  test("of a kind that this page does not know is shown as it came", () => {
    expect(noteSentence(note("comet", { at: "noon" }), english)).toContain("noon");
  });
});

test("an edge's steps stand for themselves", () => {
  expect([...taken({ rung: "high", cadence: 1, extras: "on", held: "none" })]).toEqual([]);
  expect([...taken({ rung: "low", cadence: 4, extras: "off", held: "line" })]).toEqual(["paced", "off", "low", "two", "four", "wait"]);
  expect([...taken({ rung: "high", cadence: 2, extras: "paced", held: "none" })]).toEqual(["paced", "two"]);
});

test("a share is 100 % only when it is full", () => {
  expect([0, 0.004, 0.5, 0.999, 1, 1.7].map(percent)).toEqual([0, 0, 50, 99, 100, 100]);
});
