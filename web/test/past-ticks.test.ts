import { expect, test } from "vitest";
import { PastTicks, RECORD_FIRST } from "../src/replay/past-ticks";
import type { Tick } from "../src/player/tick";

const CHUNK_S = 0.64;
const ANA = { id: "ana", name: "Ana", role: "host", muted: false } as const;
const line = (text: string) => ({ id: "c1", person: "ana", text, is_final: true });
const first: Tick = { n: RECORD_FIRST, full: true, people: [ANA], speaking: { ana: -20 }, captions: [] };

function after(...ticks: readonly Tick[]): PastTicks {
  const past = new PastTicks();
  for (const tick of ticks) past.push(tick);
  return past;
}

test("at a moment all is known that its segment has said by then, and nothing that it says later", () => {
  const past = after(first, { n: 38, captions: [line("Good evening")] }, { n: 40, speaking: {}, captions: [line("to all")] });
  expect(past.at(0)?.captions).toEqual([]);
  expect(past.at(2 * CHUNK_S)?.captions).toEqual([line("Good evening")]);
  expect(past.at(3.9 * CHUNK_S)).toMatchObject({ people: [ANA], speaking: { ana: -20 }, captions: [line("Good evening")] });
  expect(past.at(4 * CHUNK_S)).toMatchObject({ speaking: {}, captions: [line("to all")] });
});

test("what another segment said is never mixed in: after a jump nobody is shown who was there before it", () => {
  const past = after(first);
  expect(past.at(9 * CHUNK_S)).toBeNull();
  past.push({ n: RECORD_FIRST + 10, captions: [line("a change without its beginning")] });
  expect(past.at(10 * CHUNK_S)).toBeNull();
});

test("segments arrive in the order in which the ear jumps", () => {
  const past = after({ n: RECORD_FIRST + 10, speaking: {} }, { ...first, n: RECORD_FIRST + 9 }, first);
  expect(past.at(9.5 * CHUNK_S)?.speaking).toEqual({ ana: -20 });
  expect(past.at(10.5 * CHUNK_S)?.speaking).toEqual({});
});

test("a tick that comes while its moment is looked at is seen", () => {
  const past = after();
  expect(past.at(0.1)).toBeNull();
  past.push(first);
  expect(past.at(0.1)?.people).toEqual([ANA]);
});

test("of a day on the air the newest twenty minutes that came are kept", () => {
  const past = new PastTicks();
  for (let n = RECORD_FIRST; n < RECORD_FIRST + 2_001; n++) past.push({ ...first, n });
  expect(past.at(0)).toBeNull();
  expect(past.at(9 * CHUNK_S)).not.toBeNull();
  expect(past.at(2_000 * CHUNK_S)).not.toBeNull();
});
