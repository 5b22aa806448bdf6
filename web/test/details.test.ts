import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SpaceTold } from "../src/api/told";
import { isHeard } from "../src/space/languages";
import { NO_DETAILS, changesBetween, detailsOf, restoring, wantedFrom } from "../src/space/details";

const TALK: SpaceTold = {
  id: "talk",
  title: "Who pays for the river?",
  description: "Three pilots.",
  state: "scheduled",
  created_ms: 1,
  // With seconds, which a form does not show.
  starts_ms: new Date("2026-12-04T20:00:30").getTime(),
  epoch_ms: null,
  on_air_ms: null,
  ended_ms: null,
  over_at_ms: null,
  is_private: false,
  is_recorded: true,
  language: "en",
  is_off_shelf: false,
  speakers_max: 7,
  account_id: null,
  end_asked: null,
  links: { listen: "http://front/s/talk", host: null },
};

test("a form shows the Space in this machine's local time", () => {
  const shown = detailsOf(TALK);
  expect(shown).toEqual({ title: TALK.title, description: TALK.description, starts: "2026-12-04T20:00", places: "7", isPrivate: false, isRecorded: true, language: "en" });
});

test("a language is offered as heard only where an engine of the house hears it", () => {
  expect(["en", "en-GB", "FR", "eo"].map(isHeard)).toEqual([true, true, true, false]);
});

test("what was left empty is no date and no number", () => {
  expect(wantedFrom({ ...NO_DETAILS, title: "  A talk " })).toEqual({
    title: "A talk",
    description: "",
    starts_ms: null,
    speakers_max: null,
    is_private: false,
    is_recorded: true,
    language: "en",
  });
});

describe("a change names", () => {
  const before = detailsOf(TALK);

  test("nothing where nothing was changed", () => {
    expect(changesBetween(before, { ...before, title: `${before.title} ` })).toEqual({});
  });

  test("what was changed and nothing else, so that nobody else's change is lost", () => {
    expect(changesBetween(before, { ...before, title: "The river" })).toEqual({ title: "The river" });
    expect(changesBetween(before, { ...before, starts: "", isPrivate: true })).toEqual({ starts_ms: null, is_private: true });
    expect(changesBetween(before, { ...before, places: "", description: "" })).toEqual({ speakers_max: null, description: "" });
  });

  test("and what restores it names the same with what was, to the second", () => {
    const details = fc.record({
      title: fc.constantFrom("A", "B"),
      description: fc.constantFrom("", "C"),
      starts: fc.constantFrom("", before.starts, "2027-01-01T10:00"),
      places: fc.constantFrom("", "7", "8"),
      isPrivate: fc.boolean(),
      isRecorded: fc.boolean(),
      language: fc.constantFrom("en", "fr"),
    });
    fc.assert(
      fc.property(details, (after) => {
        const changes = changesBetween(before, after);
        const back = { ...TALK, ...changes, ...restoring(changes, TALK) };
        expect(back).toEqual(TALK);
        expect(Object.keys(restoring(changes, TALK))).toEqual(Object.keys(changes));
      }),
    );
  });
});
