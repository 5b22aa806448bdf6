import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isKept, placeOf } from "../src/line/draw";
import { forecast } from "../src/line/forecast";
import { clockFrom, type LineClock } from "../src/line/line-clock";
import { LINE } from "../src/i18n/line";
import { Speech } from "../src/i18n/language";
import { figures, inOneSentence, numbers, range, told, wait } from "../src/line/said";
import { standing, type Own } from "../src/line/standing";
import vectors from "../../tests/vectors/line.json";
import { hex, isOver, ticketFrom } from "../src/line/ticket";

/** The vectors are the Python's too: whoever changes one side fails on the other. */
const clocks: Record<string, LineClock> = Object.fromEntries(
  Object.entries(vectors.clocks).map(([name, json]) => [name, clockFrom(json)!]),
);
const place = ([bucket, draw]: [number, number]) => ({ bucket, draw });
interface Told {
  clock: string;
  place: [number, number];
  forecast: { is_called: boolean; ahead: number | null; wait_s: [number, number] | null; poll_s: number };
}
/** Sealed by `KeyRing` for id 0001020304050607, bucket 77, effort 2, issued at 1 800 000 000. */
const TOKEN = "AQBrSdIAAAECAwQFBgcAAABNAgAAAACnZ5bBen9LhT5kbnplJBLO";

describe("as the Python has it", () => {
  test.each(vectors.places)("the place of $id with effort $effort", (told) => {
    const id = Uint8Array.from(told.id.match(/../gu)!, (two) => parseInt(two, 16));
    expect(placeOf({ id, bucket: told.bucket, effort: told.effort }, vectors.seed)).toEqual(place(told.place as [number, number]));
  });

  test("every forecast", () => {
    expect(vectors.forecasts.length).toBeGreaterThan(100);
    for (const { clock, place: at, forecast: told } of vectors.forecasts as unknown as Told[]) {
      const found = forecast(clocks[clock]!, place(at));
      const name = `${clock} ${at}`;
      expect(found.isCalled, name).toBe(told.is_called);
      expect(found.ahead, name).toBe(told.ahead);
      expect(found.pollS, name).toBeCloseTo(told.poll_s, 6);
      if (told.wait_s === null) expect(found.waitS, name).toBeNull();
      else told.wait_s.forEach((waitS: number, i: number) => expect(found.waitS![i], name).toBeCloseTo(waitS, 6));
    }
  });
});

describe("the draw can be checked", () => {
  test("the seed that was promised is told from any other", () => {
    expect(isKept(vectors.commitment, vectors.seed)).toBe(true);
    expect(isKept(vectors.commitment, vectors.seed.replace("00", "01"))).toBe(false);
  });

  test("more effort is never a later place, and never before the front half", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 2 }), (id, effort) => {
        const bare = placeOf({ id, bucket: 0, effort: 0 }, vectors.seed).draw;
        const [less, more] = [effort, effort + 1].map((e) => placeOf({ id, bucket: 0, effort: e }, vectors.seed).draw);
        expect(more).toBeLessThanOrEqual(less!);
        expect(more).toBeGreaterThanOrEqual(bare / 2);
      }),
    );
  });
});

describe("a ticket", () => {
  test("is read as the house sealed it", () => {
    const found = ticketFrom(TOKEN)!;
    expect({ ...found, id: hex(found.id) }).toEqual({ token: TOKEN, issuedS: 1_800_000_000, id: "0001020304050607", bucket: 77, effort: 2 });
  });

  test("is good for six hours", () => {
    const found = ticketFrom(TOKEN)!;
    expect([isOver(found, 1_800_021_600_000), isOver(found, 1_800_021_601_000)]).toEqual([false, true]);
  });

  test("that is none is none", () => {
    for (const token of [null, "", "abc", "!!!", TOKEN.slice(1), `${TOKEN}AAAA`, `A${"g"}${TOKEN.slice(2)}`]) expect(ticketFrom(token)).toBeNull();
  });
});

describe("a clock", () => {
  test("of a newer house is still read, of nobody is none", () => {
    expect(clockFrom({ ...vectors.clocks.seats, doors: "held", colour: "blue" })?.doors).toBe("held");
    for (const json of [null, 7, "x", [], {}, { doors: "ajar" }]) expect(clockFrom(json)).toBeNull();
  });

  test("that tells nonsense makes nobody ask all the time, or never", () => {
    for (const poll of [-1, 0, 1e9, "x", null]) {
      const { pollS } = clockFrom({ doors: "held", poll_s: poll })!;
      expect(pollS).toBeGreaterThanOrEqual(1);
      expect(pollS).toBeLessThanOrEqual(120);
    }
  });

  test("whatever it tells, a forecast has figures that can be shown", () => {
    const anything = fc.dictionary(fc.constantFrom(...Object.keys(vectors.clocks.seats)), fc.jsonValue());
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 99 }), (json, bucket) => {
        const clock = clockFrom({ ...vectors.clocks.seats, ...(json as object), doors: "held" })!;
        const { pollS, waitS } = forecast(clock, { bucket, draw: 5 });
        expect(Number.isFinite(pollS)).toBe(true);
        if (waitS) expect(waitS.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe("between two clocks", () => {
  const own: Own = { place: { bucket: 50, draw: 0 }, hasTicket: true, toldAgoS: 0, patienceS: 30, isDrawTrue: null, isManyHere: false };
  const at = (toldAgoS: number) => standing(clocks["seats"]!, { ...own, toldAgoS });

  test("the place moves on by itself, and never in", () => {
    const [now, soon, late] = [at(0), at(3), at(100_000)];
    expect(soon.ahead!).toBeLessThan(now.ahead!);
    expect(soon.waitS![0]).toBeCloseTo(now.waitS![0] - 3, 6);
    expect(late.isCalled).toBe(false);
  });

  test("nothing is guessed for long: without news it rests", () => {
    expect(at(1_000).ahead).toBe(at(100_000).ahead);
  });

  test("a line that has gone silent is not believed for ever", () => {
    expect([at(59).isLost, at(61).isLost]).toEqual([false, true]);
  });

  test("nobody knows a place before the seed", () => {
    expect(standing(clocks["lobby"]!, { ...own, place: null })).toMatchObject({ isDraw: true, ahead: null, waitS: null, isCalled: false });
  });

  test("open doors are open for everybody", () => {
    expect(standing(clocks["open"]!, { ...own, place: null, hasTicket: false }).isCalled).toBe(true);
  });
});

describe("what is said", () => {
  const english = new Speech("en", LINE.en);
  const french = new Speech("fr", LINE.fr);
  const own: Own = { place: { bucket: 50, draw: 0 }, hasTicket: true, toldAgoS: 4, patienceS: 30, isDrawTrue: null, isManyHere: false };
  const now = standing(clocks["seats"]!, own);

  test.each([
    [[5, 59], "less than a minute"],
    [[70, 110], "1 to 2 min"],
    [[241, 299], "4 to 5 min"],
    [[3_000, 7_100], "50 to 119 min"],
    [[5_800, 9_100], "1.5 to 2.5 h"],
    [[17_280, 21_600], "more than 5 h"],
  ] as const)("a wait of %j seconds is %s", (waitS, text) => {
    expect(range(waitS, numbers(english))).toBe(text);
  });

  test("a range is never one figure that could be wrong by a minute", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 20_000, noNaN: true }), (midS) => {
        const said = range([midS / 1.25, midS * 1.25], numbers(french));
        expect(said).toMatch(/moins|plus| à |\u00a0min/u);
      }),
    );
  });

  test("figures that are nothing are not said", () => {
    expect(figures({ ...now, admitted: 48_210, waiting: 3_904, perS: 40 }, english)).toBe("48,210 in the room · 3,904 waiting · 40 let in per second");
    expect(figures({ ...now, admitted: 0, waiting: 0, perS: 0.2 }, english)).toBe("12 let in per minute");
    expect(figures({ ...now, admitted: 0, waiting: 0, perS: 0 }, english)).toBe("");
  });

  test("old news is said to be old", () => {
    expect(told(now, english)).toEqual({ isOld: false, text: "as told 4 s ago" });
    expect(told({ ...now, toldAgoS: 400 }, english)).toMatchObject({ isOld: true });
  });

  test("nobody is promised a time that nobody knows", () => {
    expect(wait({ ...now, waitS: null }, english)).toBe(LINE.en.waitWaitUnknown);
    expect(wait({ ...now, why: "host" }, english)).toBe(LINE.en.waitWhyHost);
    expect(inOneSentence({ ...now, ahead: 2_341, waitS: [241, 359] }, english)).toBe("2,341 people before you, about 4 to 6 min.");
    expect(inOneSentence({ ...now, isCalled: true }, english)).toBe("It is your turn.");
  });
});
