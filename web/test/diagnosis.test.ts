import { describe, expect, test } from "vitest";
import { MISSING_MAX, diagnosis } from "../src/player/diagnosis";
import { spaceFrom } from "../src/player/space";

const space = (state: string, head: number | null = 100) => spaceFrom({ id: "talk", state, head, epoch_ms: 1_000, now_ms: 0 });
const LOST = { event: { type: "lost" }, isEdgeToBlame: true };

describe("sound does not come, and the edge", () => {
  test("does not answer: the next one is asked", () => {
    expect(diagnosis("unreachable", 7, 0)).toEqual(LOST);
  });

  test("has what is waited for: then it is this edge's fault, or the line's", () => {
    expect(diagnosis(space("on_air"), 100, 0)).toEqual(LOST);
    expect(diagnosis(space("on_air"), null, 0)).toEqual(LOST);
  });

  test("has nothing newer either: the stage is silent since its last sound, and no edge is to blame", () => {
    const found = diagnosis(space("on_air"), 101, 0);
    expect(found).toEqual({ event: { type: "stage_silent", sinceMs: 1_000 + 101 * 640 }, isEdgeToBlame: false });
  });

  test("says that it is over, or not on yet", () => {
    expect(diagnosis(space("ended"), 101, 0).event).toEqual({ type: "over" });
    expect(diagnosis(space("green_room", null), null, 0).event).toEqual({ type: "not_on_air" });
  });

  test("does not know the Space: who has heard it asks a few more, who has not is told", () => {
    expect(diagnosis("unknown", null, 1).event).toEqual({ type: "missing" });
    expect(diagnosis("unknown", 7, MISSING_MAX - 1)).toEqual(LOST);
    expect(diagnosis("unknown", 7, MISSING_MAX).event).toEqual({ type: "missing" });
  });
});
