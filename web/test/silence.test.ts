import fc from "fast-check";
import { expect, test } from "vitest";
import { OPEN, closedBy, isMuted, pressed, recorded, type Mouth } from "../src/speaker/silence";

const mouths = fc.record({ wantsMuted: fc.boolean(), silence: fc.constantFrom("none", "muted", "locked") }) as fc.Arbitrary<Mouth>;

test("a host who opens a microphone does not open one that its owner has closed", () => {
  fc.assert(
    fc.property(mouths, (mouth) => {
      const { mouth: after, tellAgain } = recorded(mouth, "none");
      expect(isMuted(after)).toBe(mouth.wantsMuted);
      expect(tellAgain).toBe(mouth.wantsMuted);
    }),
  );
});

test("who is locked stays silent however often they press", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (presses) => {
      const end = presses.reduce(pressed, { wantsMuted: false, silence: "locked" } as Mouth);
      expect(isMuted(end)).toBe(true);
      expect(closedBy(end)).toBe("lock");
    }),
  );
});

test("whom a host has muted may open the microphone with one press", () => {
  const muted = recorded(OPEN, "muted").mouth;
  expect(closedBy(muted)).toBe("host");
  expect(isMuted(pressed(muted, false))).toBe(false);
});

test("one's own mute is one's own, also when the record has heard of it", () => {
  const mine = recorded(pressed(OPEN, true), "muted").mouth;
  expect(closedBy(mine)).toBe("me");
});
