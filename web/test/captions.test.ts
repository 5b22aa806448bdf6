import { expect, test } from "vitest";
import { FIRST_STYLE, restored, stored } from "../src/ui/caption-style";

test("what a reader chose is there again", () => {
  const style = { isOn: false, size: 2, isBoxed: true, isSpoken: true } as const;
  expect(restored(stored(style), FIRST_STYLE)).toEqual(style);
});

test.each([null, "", "no JSON", "null", "7", '{"size":9,"isBoxed":"yes"}'])("%s is the first style", (text) => {
  expect(restored(text, FIRST_STYLE)).toEqual(FIRST_STYLE);
});
