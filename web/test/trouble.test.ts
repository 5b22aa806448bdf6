import { describe, expect, test } from "vitest";
import { Repairs, STILL_LOOKS_MAX, StillEar, troubleOf } from "../src/player/trouble";

describe("an element that erred", () => {
  test("says that this machine has no sound output, in the words of its browser", () => {
    // Firefox ESR 140 and 115 without a sound device; Chromium's name for the same.
    const messages = [
      "OnMediaSinkAudioError",
      "NS_ERROR_DOM_MEDIA_MEDIASINK_ERR (0x806e000b): OnMediaSinkAudioError",
      "AUDIO_RENDERER_ERROR: audio render error",
    ];
    for (const message of messages) {
      expect(troubleOf({ code: 3, message }, false)).toBe("no_output");
      expect(troubleOf({ code: 3, message }, true)).toBe("no_output");
    }
  });

  test("else the browser is broken", () => {
    expect(troubleOf({ code: 3, message: "PIPELINE_ERROR_DECODE" }, false)).toBe("broken");
    expect(troubleOf({ code: 4, message: "" }, false)).toBe("broken");
  });

  test("but with the browser's own HLS it is the network, unless decoding failed", () => {
    expect(troubleOf({ code: 2, message: "" }, true)).toBeNull();
    expect(troubleOf({ code: 4, message: "" }, true)).toBeNull();
    expect(troubleOf({ code: 3, message: "" }, true)).toBe("broken");
  });
});

describe("an ear that stands still", () => {
  const looks = (ear: StillEar, count: number, at: { positionS: number; endS: number } | null): boolean[] =>
    Array.from({ length: count }, () => ear.look(at));

  test("before sound it could hear is noticed after six seconds, once", () => {
    const ear = new StillEar();
    const seen = looks(ear, STILL_LOOKS_MAX + 5, { positionS: 3, endS: 5 });
    expect(seen.indexOf(true)).toBe(STILL_LOOKS_MAX);
    expect(seen.filter(Boolean)).toHaveLength(1);
  });

  test("with nothing to hear is the network's matter", () => {
    expect(looks(new StillEar(), 99, { positionS: 3, endS: 3.5 })).not.toContain(true);
    expect(looks(new StillEar(), 99, null)).not.toContain(true);
  });

  test("that moves, however little, is an ear that hears", () => {
    const ear = new StillEar();
    for (let i = 0; i < 99; i++) expect(ear.look({ positionS: i * 0.05, endS: 99 })).toBe(false);
  });

  test("begins to count anew when it has moved", () => {
    const ear = new StillEar();
    looks(ear, STILL_LOOKS_MAX, { positionS: 3, endS: 5 });
    expect(looks(ear, STILL_LOOKS_MAX, { positionS: 4, endS: 6 })).not.toContain(true);
  });
});

test("a broken player is built anew three times in ten minutes, then somebody must press", () => {
  const repairs = new Repairs();
  expect([0, 1, 2, 3, 599].map((atS) => repairs.may(atS))).toEqual([true, true, true, false, false]);
  expect([600, 600.5].map((atS) => repairs.may(atS))).toEqual([true, false]);
});
