import { expect, test } from "vitest";
import { tuneInQuery } from "../src/player/tune-in";

const list = { canBlockReload: true, endSN: 7, lastPartSn: 8, lastPartIndex: 3 };

test("within a segment the next part of it is asked for", () => {
  expect(tuneInQuery(list)).toBe("?_HLS_msn=8&_HLS_part=4");
});

test("after a whole segment it is the next one's first part", () => {
  expect(tuneInQuery({ ...list, lastPartSn: 7, lastPartIndex: 8 })).toBe("?_HLS_msn=8&_HLS_part=0");
});

test("a list that is unknown, has no parts or cannot be held is asked for bare", () => {
  expect(tuneInQuery(null)).toBe("");
  expect(tuneInQuery({ ...list, lastPartIndex: -1 })).toBe("");
  expect(tuneInQuery({ ...list, canBlockReload: false })).toBe("");
});
