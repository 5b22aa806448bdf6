import { afterEach, expect, test, vi } from "vitest";
import { Line } from "../src/line/line";
import { Edges } from "../src/player/edges";
import { Wallet } from "../src/player/wallet";
import vectors from "../../tests/vectors/line.json";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("whoever is refused a ticket asks for the next one when they were told to, however often they look at the clock", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  const clock = Object.values(vectors.clocks).find(({ doors }) => doors === "held")!;
  const asked = { "line.json": 0, ticket: 0 };
  let number = 0;
  vi.stubGlobal("fetch", (url: string) => {
    if (url.endsWith("/ticket")) {
      asked.ticket++;
      return Promise.resolve(new Response(null, { status: 429, headers: { "Retry-After": "50" } }));
    }
    asked["line.json"]++;
    return Promise.resolve(Response.json({ ...clock, number: ++number, poll_s: 2, here_s: 0, heat: 0 }));
  });
  const line = new Line("demo", new Edges("https://example.org"), new Wallet("demo"), { told: () => {}, changed: () => {} });
  line.start();
  await vi.advanceTimersByTimeAsync(50_000);
  expect(asked["line.json"]).toBeGreaterThan(10);
  expect(asked.ticket).toBe(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked.ticket).toBe(2);
  line.stop();
});
