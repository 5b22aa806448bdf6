import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MemberTold } from "../src/api/told";
import { deedOf } from "../src/host/keys";
import { nearest, niceTop, plot } from "../src/host/plot";
import { NO_SERIES, POINTS_MAX, most, withFigures, withHistory, type Series } from "../src/host/series";
import { takenBack } from "../src/host/undo";
import { lasted } from "../src/ui/lasting";

const MAYA: MemberTold = {
  id: "m",
  name: "Maya",
  role: "speaker",
  silence: "none",
  is_waiting: false,
  asked_ms: null,
  note: "",
  is_out: false,
  is_source: false,
  is_here: true,
  is_away: false,
};

describe("a slip is taken back", () => {
  test("to the silence that was there", () => {
    expect(takenBack("lock", MAYA)).toEqual([{ verb: "unmute" }]);
    expect(takenBack("mute", { ...MAYA, silence: "locked" })).toEqual([{ verb: "lock" }]);
  });

  test("to the role and the silence on stage", () => {
    const steps = takenBack("audience", { ...MAYA, role: "cohost", silence: "muted" });
    expect(steps).toEqual([{ verb: "accept" }, { role: "cohost" }, { verb: "mute" }]);
    expect(takenBack("remove", MAYA)).toEqual([{ verb: "let-back" }, { verb: "accept" }]);
  });

  test("to the line for who waited, to the audience for who did not", () => {
    const waiting: MemberTold = { ...MAYA, role: "listener", is_waiting: true };
    expect(takenBack("accept", waiting)).toEqual([{ verb: "put-back" }]);
    expect(takenBack("decline", waiting)).toEqual([{ verb: "put-back" }]);
    expect(takenBack("remove", waiting)).toEqual([{ verb: "let-back" }, { verb: "put-back" }]);
    expect(takenBack("accept", { ...waiting, is_waiting: false })).toEqual([{ verb: "audience" }]);
  });

  test("or it is asked for twice", () => {
    expect(takenBack("ban", MAYA)).toBeNull();
    expect(takenBack("host", MAYA)).toBeNull();
  });
});

describe("the keyboard", () => {
  const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more });
  const free = { typing: false, onControl: false };

  test("does one deed by one letter, whatever its case", () => {
    expect(deedOf(press("a"), free)).toBe("accept");
    expect(deedOf(press("M"), free)).toBe("mute");
  });

  test("leaves writing, the browser's own shortcuts and held keys alone", () => {
    expect(deedOf(press("a"), { ...free, typing: true })).toBeNull();
    expect(deedOf(press("p", { ctrlKey: true }), free)).toBeNull();
    expect(deedOf(press("a", { repeat: true }), free)).toBeNull();
  });

  test("talks by the space bar unless it presses a button", () => {
    expect(deedOf(press(" "), free)).toBe("talk");
    expect(deedOf(press(" "), { ...free, onControl: true })).toBeNull();
  });
});

describe("the audience over time", () => {
  const figures = (hearing: number) => ({ hearing, admitted: hearing, arrived: hearing });

  test("stays bounded however long the evening is, and keeps its newest point", () => {
    let series: Series = NO_SERIES;
    for (let s = 0; s < 20_000; s++) series = withFigures(series, figures(s), s * 1000);
    expect(series.points.length).toBeLessThanOrEqual(POINTS_MAX + 1);
    expect(series.points.at(-1)).toEqual({ atMs: 19_999_000, hearing: 19_999 });
    expect(most(series)!.hearing).toBe(19_999);
  });

  test("is in order after any figures", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 60 }), (waits) => {
        let atMs = 0;
        const series = waits.reduce((known: Series, wait) => withFigures(known, figures(1), (atMs += wait + 1)), NO_SERIES);
        const times = series.points.map((point) => point.atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  test("has a hole where nobody counted", () => {
    const before = withFigures(NO_SERIES, figures(5), 0);
    expect(withFigures(before, figures(6), 60_000).points.map(({ hearing }) => hearing)).toEqual([5, null, 6]);
  });

  test("goes on after what the log told", () => {
    const live = withFigures(NO_SERIES, figures(9), 30_000);
    const told = { step_s: 10, from_ms: 0, hearing: [1, null, 3], admitted: [], arrived: [], unknown: [] };
    expect(withHistory(live, told).points.map(({ hearing }) => hearing)).toEqual([1, null, 3, 9]);
    expect(withHistory(live, { ...told, from_ms: null })).toBe(live);
  });
});

describe("the graph", () => {
  const points = [0, 60_000, 120_000, 180_000].map((atMs, i) => ({ atMs, hearing: i === 2 ? null : 10 * (i + 1) }));

  test("breaks its line at a hole", () => {
    const drawn = plot(points, { width: 100, height: 40 });
    expect(drawn.lines).toHaveLength(2);
    expect(drawn.levels.map(({ value }) => value)).toEqual([0, 20, 40]);
  });

  test("stays inside its frame", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000_000), { minLength: 2, maxLength: 50 }), (heard) => {
        const drawn = plot(heard.map((hearing, i) => ({ atMs: i * 5_000, hearing })), { width: 100, height: 40 });
        for (const [x, y] of drawn.lines.flatMap((line) => line.slice(1).split("L").map((at) => at.split(" ").map(Number)))) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(100);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(40);
        }
      }),
    );
  });

  test("has whole numbers beside it", () => {
    for (const value of [0, 1, 3, 7, 48_506, 2_000_000]) {
      expect(niceTop(value)).toBeGreaterThanOrEqual(value);
      expect(Number.isInteger(niceTop(value) / 2)).toBe(true);
    }
  });

  test("finds the point under the pointer", () => {
    expect(nearest(points, 1)!.atMs).toBe(180_000);
    expect(nearest([], 0.5)).toBeNull();
  });
});

test("how long something has lasted is a clock", () => {
  expect([0, 65_000, 3_723_000, -5].map(lasted)).toEqual(["0:00", "1:05", "1:02:03", "0:00"]);
});
