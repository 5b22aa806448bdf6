import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { outcome } from "../src/audience/counter";
import { Countdown, partsOf } from "../src/audience/countdown";
import { Paced } from "../src/audience/paced";
import { Reminding } from "../src/audience/reminder";
import { RISE_MS, Shower } from "../src/audience/shower";

describe("what the counter answered", () => {
  test("a thing that was taken is done, a place in the line has its link", () => {
    expect(outcome("react", 204, null, null)).toEqual({ kind: "done", link: null });
    expect(outcome("ask", 201, null, { link: "https://door.example/i/abc" })).toEqual({
      kind: "done",
      link: "https://door.example/i/abc",
    });
  });

  test("only an address of the web is ever a link", () => {
    for (const link of ["javascript:alert(1)", "data:text/html,x", "not an address", 7, null]) {
      expect(outcome("ask", 201, null, { link }).kind).toBe("unreachable");
    }
  });

  test("too often says when, within reason", () => {
    expect(outcome("react", 429, "3", null)).toEqual({ kind: "later", afterS: 3 });
    expect(outcome("react", 429, "0", null)).toEqual({ kind: "later", afterS: 1 });
    expect(outcome("react", 429, "86400", null)).toEqual({ kind: "later", afterS: 120 });
    expect(outcome("react", 429, "Fri, 01 Jan", null)).toEqual({ kind: "later", afterS: 4 });
  });

  test("busy means rest for a reaction and a full line for a wish to speak", () => {
    expect(outcome("react", 503, null, null).kind).toBe("off");
    expect(outcome("ask", 503, null, null).kind).toBe("closed");
    expect(outcome("question", 409, null, null).kind).toBe("closed");
    expect(outcome("question", 400, null, null).kind).toBe("refused");
    expect(outcome("hand", 504, null, null).kind).toBe("unreachable");
  });
});

describe("the countdown", () => {
  const STARTS_MS = 1_800_000_000_000;

  test("counts whole seconds down to none", () => {
    const countdown = new Countdown();
    const seen = [3000, 2000, 1000, 0, -1000].map((left) => countdown.look(STARTS_MS, STARTS_MS - left, -left));
    expect(seen).toEqual([3, 2, 1, 0, 0]);
  });

  test("a better clock neither jumps nor goes up", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 8, maxLength: 60 }), (errorsMs) => {
        const countdown = new Countdown();
        const shown = errorsMs.map((errorMs, at) => {
          const localMs = at * 250;
          return countdown.look(STARTS_MS, STARTS_MS - 60_000 + localMs + errorMs, localMs);
        });
        for (let at = 1; at < shown.length; at++) {
          const fell = shown[at - 1]! - shown[at]!;
          expect(fell).toBeGreaterThanOrEqual(0);
          expect(fell).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("a new date and a machine that slept are shown at once", () => {
    const countdown = new Countdown();
    countdown.look(STARTS_MS, STARTS_MS - 60_000, 0);
    expect(countdown.look(STARTS_MS + 600_000, STARTS_MS - 60_000, 250)).toBe(660);
    expect(countdown.look(STARTS_MS + 600_000, STARTS_MS + 300_000, 360_250)).toBe(300);
  });

  test("falls into days, hours, minutes and seconds", () => {
    expect(partsOf(2 * 86_400 + 3 * 3_600 + 4 * 60 + 5)).toEqual({ days: 2, hours: 3, minutes: 4, seconds: 5 });
  });
});

describe("the reminder", () => {
  const STARTS_MS = 1_800_000_000_000;

  test("says it once five minutes before and once at the start", () => {
    const reminding = new Reminding();
    reminding.begin(STARTS_MS, STARTS_MS - 3_600_000);
    expect(reminding.due(STARTS_MS, STARTS_MS - 300_001, false)).toBeNull();
    expect(reminding.due(STARTS_MS, STARTS_MS - 300_000, false)).toBe("soon");
    expect(reminding.due(STARTS_MS, STARTS_MS - 200_000, false)).toBeNull();
    expect(reminding.due(STARTS_MS, STARTS_MS + 5_000, false)).toBeNull();
    expect(reminding.due(STARTS_MS, STARTS_MS + 9_000, true)).toBe("now");
    expect(reminding.due(STARTS_MS, STARTS_MS + 9_250, true)).toBeNull();
  });

  test("who asks within the last minutes is told of the start only", () => {
    const reminding = new Reminding();
    reminding.begin(STARTS_MS, STARTS_MS - 60_000);
    expect(reminding.due(STARTS_MS, STARTS_MS - 59_000, false)).toBeNull();
    expect(reminding.due(STARTS_MS, STARTS_MS, true)).toBe("now");
  });

  test("a Space without a date is told when it begins", () => {
    expect(new Reminding().due(null, 0, false)).toBeNull();
    expect(new Reminding().due(null, 0, true)).toBe("now");
  });
});

test("eight reactions in four seconds are handed in, the ninth waits", () => {
  const paced = new Paced();
  expect(Array.from({ length: 9 }, (_, at) => paced.may(at * 0.1))).toEqual([...Array(8).fill(true), false]);
  expect(paced.may(4.05)).toBe(true);
});

test("who is told to come back later is not heard before", () => {
  const paced = new Paced();
  paced.rest(10, 3);
  expect([paced.may(12.9), paced.may(13)]).toEqual([false, true]);
});

describe("the shower", () => {
  test("forty thousand give one figure per kind, larger than one person's", () => {
    const shower = new Shower(() => 0.5);
    shower.fall({ clap: 40_000, heart: 1 }, 0);
    const [clap, heart] = shower.at(0);
    expect(shower.at(0)).toHaveLength(2);
    expect(clap!.size).toBeGreaterThan(heart!.size);
    expect(clap!.size).toBeLessThanOrEqual(1.9);
  });

  test("never more than fourteen are in the air, and each comes to its end", () => {
    const shower = new Shower(() => 0);
    for (let at = 0; at < 100; at++) shower.fall({ clap: 1, wow: 2, wave: 3 }, at * 10);
    expect(shower.at(1_000)).toHaveLength(14);
    expect(shower.at(1_000 + RISE_MS)).toHaveLength(0);
  });

  test("kinds that this page does not know are not shown", () => {
    const shower = new Shower(() => 0);
    shower.fall({ rocket: 9 } as Record<string, number>, 0);
    expect(shower.at(0)).toHaveLength(0);
  });
});
