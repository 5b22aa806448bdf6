import { describe, expect, test } from "vitest";
import { LAST_S, retryAfterS, waitS } from "../src/player/backoff";
import { ServerClock } from "../src/player/clock";
import { spaceFrom } from "../src/player/space";
import { choose, type Browser } from "../src/player/support";
import { hue, initials, ringSize } from "../src/ui/tint";

describe("when to knock again", () => {
  test("quickly for ten seconds, then ever more slowly, eight seconds at most", () => {
    const waits = Array.from({ length: 12 }, (_, attempt) => waitS(attempt, 0.5));
    expect(waits).toEqual([0.25, 0.5, 1, 2, 2, 2, 2, 4, 8, 8, 8, LAST_S]);
    expect(waitS(999, 0.5)).toBe(LAST_S);
  });

  test("those on stage knock every two seconds at least", () => {
    expect(waitS(9, 0.5, null, 2)).toBe(2);
  });

  test("spread by a quarter either way", () => {
    expect(waitS(2, 0)).toBe(0.75);
    expect(waitS(2, 1)).toBe(1.25);
  });

  test("what the server says is the least, up to a minute", () => {
    expect(waitS(0, 0, 5)).toBe(5);
    expect(waitS(0, 1, 5)).toBe(6.25);
    expect(waitS(0, 0, 3600)).toBe(60);
  });

  test("a header that is no figure says nothing", () => {
    expect(["3", "0", "-1", "soon", null].map(retryAfterS)).toEqual([3, 0, null, null, null]);
  });
});

describe("the server's clock", () => {
  test("is unknown before the first answer", () => {
    expect(new ServerClock().at(1)).toBeNull();
  });

  test("is corrected by half the round trip", () => {
    const clock = new ServerClock();
    clock.measure(1_000, 1_200, 5_100);
    expect(clock.at(1_200)).toBe(5_200);
  });

  test("the shortest trip is believed", () => {
    const clock = new ServerClock();
    clock.measure(1_000, 3_000, 9_999);
    clock.measure(4_000, 4_010, 8_005);
    expect(clock.at(4_010)).toBe(8_010);
  });

  test("a machine whose clock was set back in between teaches nothing", () => {
    const clock = new ServerClock();
    clock.measure(2_000, 1_000, 5_000);
    expect(clock.at(0)).toBeNull();
  });
});

describe("the way to the ear", () => {
  const browser = (types: string[], change: Partial<Browser> = {}): Browser => ({
    hasMediaSource: true,
    isTypeSupported: (type) => types.some((t) => type.includes(`"${t}"`)),
    playsHls: true,
    ...change,
  });

  test("Opus where MediaSource takes it, under either spelling", () => {
    expect(choose(browser(["opus", "mp4a.40.2"]))).toMatchObject({ mode: "mse", codec: "opus" });
    expect(choose(browser(["Opus"]))?.type).toContain("Opus");
  });

  test("else AAC; a MediaSource that takes neither goes to hls.js", () => {
    expect(choose(browser(["mp4a.40.2"]))).toMatchObject({ mode: "mse", codec: "aac" });
    expect(choose(browser([]))).toMatchObject({ mode: "hls" });
  });

  test("an iPhone plays HLS by itself", () => {
    expect(choose(browser([], { hasMediaSource: false }))).toMatchObject({ mode: "native" });
  });

  test("a browser that can do none of it is told so", () => {
    expect(choose(browser([], { hasMediaSource: false, playsHls: false }))).toBeNull();
  });

  test("the address can force hls.js or AAC", () => {
    const all = browser(["opus", "mp4a.40.2"]);
    expect(choose(all, { mode: "hls" })?.mode).toBe("hls");
    expect(choose(all, { codec: "aac" })?.codec).toBe("aac");
  });
});

test("a space.json with less in it than today's is still a Space", () => {
  expect(spaceFrom({ id: "a" })).toMatchObject({ id: "a", title: "", epochMs: null, head: null, people: [] });
});

describe("a portrait", () => {
  test("has the initials of the first and the last word", () => {
    const names = ["Ana Ferreira", "ben", "Jean-Luc de la Tour", "鈴木 一郎", "3rd Guest", " ", "—"];
    expect(names.map(initials)).toEqual(["AF", "B", "JT", "鈴一", "3G", "·", "·"]);
  });

  test("keeps its tint, one of twelve", () => {
    expect(hue("Ana Ferreira")).toBe(hue("Ana Ferreira"));
    expect(hue("Ana Ferreira") % 30).toBe(0);
  });

  test("has rings that grow with the level within bounds", () => {
    expect([-60, -45, -27.5, -10, 0].map(ringSize)).toEqual([0.15, 0.15, 0.5, 1, 1]);
  });
});
