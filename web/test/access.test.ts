import { expect, test } from "vitest";
import { onceOf, wayOn } from "../src/access/session";

const ORIGIN = "https://stage.example.org";

test("somebody who signs in goes on to a page of this door", () => {
  expect(wayOn("", ORIGIN)).toBe("/");
  expect(wayOn("?next=/operate", ORIGIN)).toBe("/operate");
  expect(wayOn("?next=%2Fhost%2Fdebate%3Fa%3D1", ORIGIN)).toBe("/host/debate?a=1");
});

test.each([
  "https://evil.example/",
  "//evil.example/x",
  "\\\\evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
  "https:evil.example:99999",
  "http://stage.example.org/",
  "https://stage.example.org//evil.example",
  "/.//evil.example",
])("nobody is led elsewhere: %s", (next) => {
  const on = wayOn(`?next=${encodeURIComponent(next)}`, ORIGIN);
  expect(new URL(on, ORIGIN).origin).toBe(ORIGIN);
  expect(on.startsWith("/") && !on.startsWith("//") && !on.startsWith("/\\")).toBe(true);
});

test("a one-time link's token is read from its address", () => {
  expect(onceOf("/own/abc23")).toBe("abc23");
  expect(onceOf("/own/")).toBeNull();
  expect(onceOf("/own/a/b")).toBeNull();
  expect(onceOf("/sign-in")).toBeNull();
});
