import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BadStream, BOX_SIZE_BYTES_MAX, BoxReader } from "../src/player/boxes";
import { StreamReader, type Part } from "../src/player/stream";
import golden from "./live-opus.json";

const STREAM = Uint8Array.from(atob(golden.stream), (letter) => letter.charCodeAt(0));

function cutAt(data: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), data.length];
  return places.slice(1).map((end, i) => data.subarray(places[i], end));
}

function read(pieces: Uint8Array[]): Part[] {
  const reader = new StreamReader();
  return pieces.flatMap((piece) => reader.push(piece));
}

describe("a response written by the Python side", () => {
  test("is an init segment and then a tick and a chunk for each number", () => {
    const kinds = read([STREAM]).map((part) => part.kind);
    expect(kinds).toEqual(["init", ...Array.from({ length: 4 }, () => ["tick", "chunk"]).flat()]);
  });

  test("carries the ticks and numbers that were written", () => {
    const parts = read([STREAM]);
    expect(parts.flatMap((part) => (part.kind === "tick" ? [part.tick] : []))).toEqual(golden.ticks);
    const numbers = parts.flatMap((part) => (part.kind === "chunk" ? [part.number] : []));
    expect(numbers).toEqual([100000, 100001, 100002, 100003]);
  });

  test("silence with a tick is a pause of the hosts, without one it is a hole", () => {
    const isHole = (data: Uint8Array): boolean[] => read([data]).flatMap((part) => (part.kind === "chunk" ? [part.isHole] : []));
    const boxes = new BoxReader().push(STREAM);
    const second = boxes.filter((box) => box.type === "emsg")[1]!;
    const withoutSecondTick = new Uint8Array(boxes.filter((box) => box !== second).flatMap((box) => [...box.bytes]));
    expect(isHole(STREAM)).toEqual([false, false, false, false]);
    expect(isHole(withoutSecondTick)).toEqual([false, true, false, false]);
  });

  test("gives back every byte of media, so that nothing is decoded or rewritten", () => {
    const media = read([STREAM]).reduce((sum, part) => sum + (part.kind === "tick" ? 0 : part.bytes.length), 0);
    const ticks = new BoxReader().push(STREAM).filter((box) => box.type === "emsg");
    expect(media).toBe(STREAM.length - ticks.reduce((sum, box) => sum + box.bytes.length, 0));
  });

  test("reads the same wherever the network cuts it", () => {
    const whole = read([STREAM]);
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 40 }), (cuts) => {
        expect(read(cutAt(STREAM, cuts))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });
});

describe("bytes that are not our stream", () => {
  const header = (size: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint32(0, size);
    return bytes;
  };

  test("a box shorter than its header is refused", () => {
    expect(() => new BoxReader().push(header(7))).toThrow(BadStream);
  });

  test("a box at the limit is waited for, one above it is refused", () => {
    expect(new BoxReader().push(header(BOX_SIZE_BYTES_MAX))).toEqual([]);
    expect(() => new BoxReader().push(header(BOX_SIZE_BYTES_MAX + 1))).toThrow(BadStream);
  });

  test("whatever comes is either read or refused as a bad stream", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        try {
          read([noise]);
        } catch (error) {
          expect(error).toBeInstanceOf(BadStream);
        }
      }),
    );
  });
});
