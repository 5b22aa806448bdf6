import { expect, test } from "vitest";
import { addressOf, saidFrom } from "../src/pages/home-said";

const ITEM = {
  space: "buses",
  title: "Buses",
  turn: "t1",
  person: "maya",
  name: "Maya",
  start_ms: 61_440,
  text: "🐝 cost 82 million",
  marks: [
    [7, 9],
    [10, 17],
  ],
};

test("what was found is marked, whatever letters stand before it", () => {
  const [said] = saidFrom({ items: [ITEM] });
  expect(said?.pieces).toEqual([
    { text: "🐝 cost ", isFound: false },
    { text: "82", isFound: true },
    { text: " ", isFound: false },
    { text: "million", isFound: true },
  ]);
  expect(said && addressOf(said)).toBe("/s/buses#t=61.4");
});

test("marks that cannot be are passed over and the text stays whole", () => {
  for (const marks of [null, "x", [[5, 2]], [[0, 99]], [[-1, 3]], [["a", "b"]]]) {
    const [said] = saidFrom({ items: [{ ...ITEM, marks }] });
    expect(said?.pieces.map(({ text }) => text).join("")).toBe(ITEM.text);
  }
});

test("another answer is none", () => {
  expect(() => saidFrom({})).toThrow(TypeError);
});
