import { describe, expect, test } from "vitest";
import { NOTHING_MEASURED, countsOf, lineWord, measured } from "../src/speaker/network";

const NOW = [
  { type: "inbound-rtp", packetsReceived: 500, packetsLost: 10, jitter: 0.004 },
  { type: "remote-inbound-rtp", fractionLost: 0.01, jitter: 0.006, roundTripTime: 0.04 },
  { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.05 },
  { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
];

test("the browser's statistics become the last seconds' figures", () => {
  const before = countsOf([{ type: "inbound-rtp", packetsReceived: 250, packetsLost: 10 }]);
  expect(measured(before, countsOf(NOW))).toEqual({ rttMs: 50, jitterMs: 6, loss: 0.01 });
});

test("what was lost before does not count now", () => {
  const then = countsOf(NOW);
  expect(measured(then, { ...then, received: then.received + 100, lossThere: null }).loss).toBe(0);
});

describe("the word for the line", () => {
  const good = { rttMs: 30, loss: 0, jitterMs: 2 };

  test("is unknown where nothing was measured, and never good without knowing of loss", () => {
    expect(lineWord(NOTHING_MEASURED)).toBe("unknown");
    expect(lineWord({ rttMs: 5, loss: null, jitterMs: null })).toBe("unknown");
    expect(lineWord(good)).toBe("good");
  });

  test.each([
    ["loss", 0.02, "fair"],
    ["loss", 0.019, "good"],
    ["loss", 0.07, "poor"],
    ["rttMs", 249, "good"],
    ["rttMs", 250, "fair"],
    ["rttMs", 500, "poor"],
    ["jitterMs", 30, "fair"],
    ["jitterMs", 80, "poor"],
  ] as const)("at %s %d is %s", (kind, value, word) => {
    expect(lineWord({ ...good, [kind]: value })).toBe(word);
  });

  test("is poor for loss alone, also when nothing else is known", () => {
    expect(lineWord({ rttMs: null, loss: 0.2, jitterMs: null })).toBe("poor");
  });
});
