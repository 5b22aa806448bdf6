import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIRST, isTunedIn, next, type Event, type Kind, type Listener } from "../src/player/state";

const onAir: Event = { type: "space", state: "on_air" };
const heard: Event = { type: "heard", isHurrying: false, programme: "on_air" };

function after(...events: Event[]): Listener {
  return events.reduce((state, event, i) => next(state, event, i), FIRST);
}

function kind(...events: Event[]): Kind {
  return after(...events).kind;
}

describe("coming in", () => {
  test("a Space on the air is ready, and heard after one press", () => {
    expect(kind(onAir)).toBe("ready");
    expect(kind(onAir, { type: "listen" })).toBe("connecting");
    expect(kind(onAir, { type: "listen" }, heard)).toBe("live");
  });

  test("who presses before the start is taken in when it begins", () => {
    const before: Event[] = [{ type: "space", state: "scheduled" }, { type: "listen" }];
    expect(after(...before)).toMatchObject({ kind: "waiting", wants: true });
    expect(kind(...before, onAir)).toBe("connecting");
  });

  test("an edge that says 503 puts the listener back to waiting, still wanting", () => {
    expect(after(onAir, { type: "listen" }, { type: "not_on_air" })).toMatchObject({ kind: "waiting", wants: true });
  });

  test("an unknown Space is said once and for all", () => {
    expect(kind({ type: "space", state: "unknown" }, onAir, { type: "listen" })).toBe("unknown");
  });

  test("a server that comes back is noticed", () => {
    expect(kind({ type: "space", state: "unreachable" }, onAir)).toBe("ready");
  });
});

describe("in the line", () => {
  const inLine: Event = { type: "in_line", retryAfterS: 2 };
  const waits: Event[] = [onAir, { type: "listen" }, inLine];

  test("a place is kept by whoever pressed, and no stream is open", () => {
    expect(after(...waits)).toMatchObject({ kind: "in_line", wants: true });
    expect(isTunedIn(after(...waits))).toBe(false);
  });

  test("who is called is let in by itself, or by the press that was missing", () => {
    expect(kind(...waits, { type: "called" })).toBe("connecting");
    expect(kind(onAir, inLine, { type: "called" })).toBe("in_line");
    expect(kind(onAir, inLine, { type: "listen" }, { type: "called" })).toBe("connecting");
  });

  test("a house that does not answer for a while takes no place away", () => {
    expect(kind(...waits, { type: "space", state: "unreachable" }, onAir)).toBe("in_line");
  });

  test("it ends with the Space, or with a press", () => {
    expect(kind(...waits, { type: "space", state: "ended" })).toBe("ended");
    expect(after(...waits, { type: "stop" })).toMatchObject({ kind: "ready", wants: false });
  });

  test("a call for nobody changes nothing", () => {
    for (const before of [[onAir], [onAir, { type: "listen" }, heard]] as Event[][]) {
      expect(kind(...before, { type: "called" })).toBe(kind(...before));
    }
  });
});

test("a house that is busy is tried again, and heard once it is not", () => {
  expect(kind(onAir, { type: "listen" }, { type: "busy" })).toBe("busy");
  expect(kind(onAir, { type: "listen" }, { type: "busy" }, { type: "lost" })).toBe("busy");
  expect(kind(onAir, { type: "listen" }, { type: "busy" }, heard)).toBe("live");
  expect(kind(onAir, { type: "listen" }, heard, { type: "busy" })).toBe("live");
});

test("a Space that is being ended is heard until it is over, and goes on if the hosts change their mind", () => {
  const ending: Event = { ...heard, programme: "ending" } as Event;
  expect(kind(onAir, { type: "listen" }, heard, ending)).toBe("ending");
  expect(isTunedIn(after(onAir, { type: "listen" }, heard, ending))).toBe(true);
  expect(kind(onAir, { type: "listen" }, heard, ending, heard)).toBe("live");
  expect(kind(onAir, { type: "listen" }, heard, ending, { type: "over" })).toBe("ended");
  expect(kind({ type: "space", state: "ending" })).toBe("ready");
});

describe("a machine that cannot", () => {
  const silent: Event[] = [onAir, { type: "listen" }, heard, { type: "failed", why: "no_output" }];

  test("is said, closes the stream and wants no other", () => {
    expect(after(...silent)).toMatchObject({ kind: "no_output", wants: false });
    expect(isTunedIn(after(...silent))).toBe(false);
  });

  test("stays said while the Space is on the air, until a press tries again", () => {
    expect(kind(...silent, onAir)).toBe("no_output");
    expect(after(...silent, onAir, { type: "listen" })).toMatchObject({ kind: "connecting", wants: true });
  });

  test("hears of the Space's end all the same", () => {
    expect(kind(...silent, { type: "space", state: "ended" })).toBe("ended");
  });

  test("says nothing once nobody listens", () => {
    expect(kind(onAir, { type: "failed", why: "broken" })).toBe("ready");
  });

  test("is connecting while its player is built anew, and still wants", () => {
    expect(after(onAir, { type: "listen" }, heard, { type: "again" })).toMatchObject({ kind: "connecting", wants: true });
  });
});

describe("while listening", () => {
  const live: Event[] = [onAir, { type: "listen" }, heard];

  test("hurrying is called catching up, and back", () => {
    expect(kind(...live, { ...heard, isHurrying: true } as Event)).toBe("catching_up");
    expect(kind(...live, { ...heard, isHurrying: true } as Event, heard)).toBe("live");
  });

  test("a lost line is said until chunks arrive, though the buffer still sounds", () => {
    expect(kind(...live, { type: "lost" }, heard)).toBe("rejoining");
    expect(kind(...live, { type: "lost" }, { type: "arrived" })).toBe("catching_up");
    expect(kind(...live, { type: "lost" }, { type: "arrived" }, heard)).toBe("live");
  });

  test("a silent stage keeps the moment of its last sound", () => {
    expect(after(...live, { type: "stage_silent", sinceMs: 42 })).toMatchObject({ kind: "stage_silent", sinceMs: 42 });
  });

  test("a pause of the hosts is theirs, not ours", () => {
    expect(kind(...live, { ...heard, programme: "paused" } as Event)).toBe("intermission");
  });

  test("the end is heard, not announced early: the edge's news does not cut the buffer", () => {
    expect(kind(...live, { type: "space", state: "ended" })).toBe("live");
    expect(kind(...live, { ...heard, programme: "ended" } as Event)).toBe("ended");
    expect(kind(...live, { type: "over" })).toBe("ended");
  });

  test("stop goes back to the button", () => {
    expect(after(...live, { type: "stop" })).toMatchObject({ kind: "ready", wants: false });
  });
});

test("nothing is tuned in that nobody wants, whatever happens in whatever order", () => {
  const event = fc.oneof(
    fc.constantFrom<Event>(
      { type: "listen" },
      { type: "stop" },
      { type: "arrived" },
      { type: "lost" },
      { type: "not_on_air" },
      { type: "missing" },
      { type: "over" },
      { type: "stage_silent", sinceMs: 1 },
    ),
    fc.constantFrom("unknown", "unreachable", "scheduled", "green_room", "on_air", "paused", "ended").map(
      (state): Event => ({ type: "space", state }),
    ),
    fc.record({ isHurrying: fc.boolean(), programme: fc.constantFrom("on_air", "paused", "ended") }).map(
      (rest): Event => ({ type: "heard", ...rest }),
    ),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const state = after(...events);
      if (isTunedIn(state)) expect(state.wants).toBe(true);
    }),
  );
});
