import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventReader } from "../src/api/events";
import { nextSpeaker, wantsStage, type SpeakerEvent, type SpeakerKind } from "../src/speaker/state";

function after(...events: SpeakerEvent[]): SpeakerKind {
  return events.reduce<SpeakerKind>(nextSpeaker, "loading");
}

describe("a speaker", () => {
  test("prepares, joins, is on stage", () => {
    expect(after("to_stage")).toBe("preparing");
    expect(after("to_stage", "join")).toBe("joining");
    expect(after("to_stage", "join", "joined")).toBe("on_stage");
  });

  test("who is lost or whose stage is away comes back by themselves", () => {
    for (const trouble of ["line_lost", "stage_away"] as const) {
      expect(wantsStage(after("to_stage", "join", "joined", trouble))).toBe(true);
      expect(after("to_stage", "join", "joined", trouble, "joined")).toBe("on_stage");
    }
  });

  test("who has left is not taken back until they ask", () => {
    const left: SpeakerEvent[] = ["to_stage", "join", "joined", "leave"];
    expect(after(...left, "joined")).toBe("left");
    expect(after(...left, "line_lost")).toBe("left");
    expect(after(...left, "join")).toBe("joining");
  });

  test("who waits goes on stage by a host's yes, and back by a host's word", () => {
    expect(after("to_line")).toBe("waiting");
    expect(after("to_line", "to_stage")).toBe("preparing");
    expect(after("to_line", "to_stage", "join", "joined", "to_audience")).toBe("audience");
    expect(after("to_stage", "join", "joined", "to_line")).toBe("waiting");
  });

  test("who is on stage stays there when the record says so once more", () => {
    expect(after("to_stage", "join", "joined", "to_stage")).toBe("on_stage");
    expect(after("to_stage", "join", "joined", "leave", "to_stage")).toBe("left");
  });

  test("who was removed comes back by a host only", () => {
    const out: SpeakerEvent[] = ["to_stage", "join", "joined", "removed"];
    expect(after(...out, "joined", "join", "line_lost")).toBe("removed");
    expect(after(...out, "to_audience")).toBe("audience");
  });

  test("a shared invitation wants a name and nothing else", () => {
    expect(after("shared", "to_stage", "join")).toBe("naming");
  });

  test("a bad invitation and the end are final", () => {
    for (const final of ["bad_invitation", "ended"] as const) {
      expect(after("to_stage", final, "join", "joined", "to_stage")).toBe(final);
    }
  });
});

describe("server-sent events", () => {
  const TEXT = ': ping\n\nevent: tick\ndata: {"n":1}\n\nevent: state\r\ndata: é1\r\ndata: 2\r\n\r\ndata: bare\n\nevent: none\n\n';
  const EVENTS = [
    { name: "tick", data: '{"n":1}' },
    { name: "state", data: "é1\n2" },
    { name: "message", data: "bare" },
  ];

  test("are read with names, several lines and comments", () => {
    expect(new EventReader().push(new TextEncoder().encode(TEXT))).toEqual(EVENTS);
  });

  test("read the same wherever the network cuts them", () => {
    const bytes = new TextEncoder().encode(TEXT);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const reader = new EventReader();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const events = places.slice(1).flatMap((end, i) => reader.push(bytes.subarray(places[i], end)));
        expect(events).toEqual(EVENTS);
      }),
    );
  });
});
