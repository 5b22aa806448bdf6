import { expect, test } from "vitest";
import { Edges } from "../src/player/edges";

const HERE = "https://one.example";

test("alone it is always the page's own edge", () => {
  const edges = new Edges(HERE);
  edges.learn([HERE, `${HERE}/`]);
  expect(edges.next()).toBe(false);
  expect(edges.base).toBe("");
});

test("each failure goes on to the next edge, round and round", () => {
  const edges = new Edges(HERE);
  edges.learn(["https://two.example/", HERE, "https://three.example:8443"]);
  const seen = [0, 1, 2, 3].map(() => (edges.next(), edges.base));
  expect(seen).toEqual(["https://two.example", "https://three.example:8443", "", "https://two.example"]);
});

test("a new list keeps the edge in use, and forgets one that is gone", () => {
  const edges = new Edges(HERE);
  edges.learn(["https://two.example", "https://three.example"]);
  edges.next();
  edges.next();
  edges.learn(["https://three.example", "https://four.example"]);
  expect(edges.base).toBe("https://three.example");
  edges.learn([]);
  expect(edges.base).toBe("");
});

test("an object has the same path at every edge", () => {
  const edges = new Edges(HERE);
  edges.learn(["https://two.example:8443"]);
  const list = "/s/talk/hls/index.m3u8?_HLS_msn=7&_HLS_part=2";
  expect(edges.address(list)).toBe(HERE + list);
  edges.next();
  expect(edges.address(list)).toBe(`https://two.example:8443${list}`);
  // A list that came from the edge before names its parts with that edge's origin.
  expect(edges.address(`${HERE}/s/talk/hls/part/68.m4s`)).toBe("https://two.example:8443/s/talk/hls/part/68.m4s");
});

test("what is no address of the web is not asked", () => {
  const edges = new Edges(HERE);
  edges.learn(["javascript:alert(1)", "two.example", "", "data:text/plain,x"]);
  expect(edges.count).toBe(1);
});

test("on somebody else's page the house is the first edge, by its origin", () => {
  const edges = new Edges(HERE, HERE);
  expect(edges.base).toBe(HERE);
  edges.learn([HERE, "https://two.example"]);
  expect([edges.next(), edges.base]).toEqual([true, "https://two.example"]);
  edges.learn([]);
  expect(edges.base).toBe(HERE);
});
