import { describe, expect, test } from "vitest";
import { dayOf, timeOf, together } from "../src/i18n/dates";
import { LISTEN } from "../src/i18n/listen";
import { Speech } from "../src/i18n/language";
import { spaceAddress } from "../src/element/address";
import { parts, spacesFrom } from "../src/pages/home-list";
import { lengthOf } from "../src/pages/listen-after";
import { audienceLine, awaySentence, programmeTag } from "../src/pages/listen-sentence";
import { pollS } from "../src/player/patience";
import type { Snapshot } from "../src/player/player";
import { factsOf } from "../src/player/snapshot";
import { spaceFrom } from "../src/player/space";

const { en } = LISTEN;
const english = new Speech("en", en);
const ana = { id: "ana", name: "Ana", role: "host", muted: false } as const;
const ben = { id: "ben", name: "Ben", role: "cohost", muted: false } as const;

describe("who leads", () => {
  test("nothing is said while the host is there, or nothing is known", () => {
    expect(awaySentence({ people: [ana, ben], lead: "ana" }, en)).toBeNull();
    expect(awaySentence({ people: [{ ...ana, away: true }], lead: undefined }, en)).toBeNull();
    expect(awaySentence({ people: [ben], lead: "ben" }, en)).toBeNull();
    // Led from elsewhere: no host was ever on stage, so none has lost a connection.
    expect(awaySentence({ people: [], lead: null }, en)).toBeNull();
  });

  test("a host whose connection is lost is named with who leads instead", () => {
    const people = [{ ...ana, away: true }, ben];
    expect(awaySentence({ people, lead: "ben" }, en)).toBe("Ana has lost the connection. Ben leads until they are back.");
  });

  test("nobody who could lead is said too", () => {
    expect(awaySentence({ people: [{ ...ana, away: true }], lead: null }, en)).toBe(en.hostsAway);
  });
});

test("the audience is told in true words, and unknown figures are left out", () => {
  expect(audienceLine({ hearing: 48_210, waiting: 3_904, hands: 3 }, english)).toBe("48,210 hearing · 3,904 waiting · 3 hands");
  expect(audienceLine({ hearing: 1, waiting: 0, hands: 0 }, english)).toBe("1 hearing");
  expect(audienceLine({ hearing: null, waiting: 0, hands: 1 }, english)).toBe("1 hand");
  expect(audienceLine({ hearing: null, waiting: 0, hands: 0 }, english)).toBe("");
});

test.each([
  ["live", "on_air", "On the air", true],
  ["intermission", "paused", "Paused by the hosts", false],
  ["ending", "ending", "Ending", false],
  ["ended", "ended", "Ended", false],
  ["loading", "", null, false],
] as const)("while %s and %s the tag says %s", (kind, programme, text, isOnAir) => {
  const now = { listener: { kind, wants: true, sinceMs: 0 }, programme } as Snapshot;
  expect(programmeTag(now, en)).toEqual([text, isOnAir]);
});

describe("facts", () => {
  const space = spaceFrom({ id: "a", title: "T", state: "on_air", hosts: ["Ana", 7], hands: 4, extras: "off", question: null });

  test("before the first tick what the edge said holds", () => {
    expect(factsOf(null, space)).toMatchObject({ title: "T", hosts: ["Ana"], hands: 4, hasExtras: false, lead: undefined });
  });

  test("a tick that says nothing of hands and extras means none and on", () => {
    expect(factsOf({ n: 1, title: "U" }, space)).toMatchObject({ title: "U", hands: 0, hasExtras: true, question: null });
  });

  test("an edge that knows fewer fields is still understood", () => {
    expect(spaceFrom({ id: "a" })).toMatchObject({ description: "", startsMs: null, hosts: [], hasReplay: false, hasExtras: true });
  });
});

test("who waits for a date far off is asked for rarely, and for soon in time", () => {
  expect(pollS(false, null)).toBe(8);
  expect(pollS(true, null)).toBe(2.5);
  expect([pollS(true, 86_400), pollS(true, 600), pollS(true, 119), pollS(true, -5)]).toEqual([60, 20, 2.5, 2.5]);
});

describe("the list of Spaces", () => {
  const item = (id: string, state: string, more: object = {}) => ({ id, title: id, state, ...more });

  test("what can be heard comes first, then the soonest, then the latest of what has been", () => {
    const found = parts(
      spacesFrom({
        items: [
          item("old", "ended", { ended_ms: 1 }),
          item("later", "scheduled", { starts_ms: 200 }),
          item("paused", "paused"),
          item("soon", "scheduled", { starts_ms: 100 }),
          item("someday", "green_room"),
          item("live", "on_air"),
          item("new", "ended", { ended_ms: 2 }),
        ],
      }),
    );
    expect(found.map(({ kind, entries }) => [kind, entries.map(({ id }) => id)])).toEqual([
      ["on_air", ["live", "paused"]],
      ["coming", ["soon", "later", "someday"]],
      ["earlier", ["new", "old"]],
    ]);
  });

  test("parts without anything in them are left out", () => {
    expect(parts(spacesFrom({ items: [] }))).toEqual([]);
  });

  test("an answer that is no list is an error, not an empty house", () => {
    expect(() => spacesFrom({})).toThrow(TypeError);
  });
});

describe("days and times", () => {
  const noon = new Date(2026, 10, 22, 12).getTime();

  test("today, tomorrow and farther off", () => {
    expect(dayOf(new Date(2026, 10, 22, 23, 59).getTime(), noon, "en")).toBe("today");
    expect(dayOf(new Date(2026, 10, 23, 0, 1).getTime(), noon, "fr")).toBe("demain");
    expect(dayOf(new Date(2026, 11, 4).getTime(), noon, "en-GB")).toBe("Friday 4 December");
    expect(dayOf(new Date(2027, 0, 1).getTime(), noon, "fr")).toBe("vendredi 1 janvier 2027");
  });

  test("the clock as the language says it", () => {
    const at = new Date(2026, 10, 22, 20).getTime();
    expect(timeOf(at, "fr")).toBe("20\u00a0h");
    expect(timeOf(at + 30 * 60_000, "fr-CA")).toBe("20\u00a0h\u00a030");
    expect(timeOf(at, "en-GB")).toBe("20:00");
    expect(timeOf(at, "en-US")).toMatch(/^8:00\sPM$/u);
  });

  test("names and lengths", () => {
    expect(together(["Ana", "Ben", "Chloé"], "fr")).toBe("Ana, Ben et Chloé");
    expect(lengthOf(72 * 60_000, english)).toBe("1\u00a0h\u00a012\u00a0min");
    expect(lengthOf(20_000, english)).toBe("1 minute");
  });
});

describe("the address of an embedded Space", () => {
  test("its page, its embed page and its private link name the Space", () => {
    const found = { home: "https://talk.example", name: "debate", page: "https://talk.example/s/debate" };
    expect(spaceAddress("https://talk.example/s/debate", "https://blog.example/")).toEqual(found);
    expect(spaceAddress("/s/debate/embed?lang=fr", "https://talk.example/x")).toEqual(found);
    expect(spaceAddress("https://talk.example/s/board.k7Qm_2x-Wv", "https://blog.example/")?.name).toBe("board.k7Qm_2x-Wv");
  });

  test("anything else is none", () => {
    for (const text of ["", "https://talk.example/", "javascript:alert(1)//s/x", "https://talk.example/s/<b>"]) {
      expect(spaceAddress(text, "https://blog.example/")).toBeNull();
    }
  });
});
