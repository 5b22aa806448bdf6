/**
 * Ticks out of `emsg` boxes: version 1, an ID3v2.4 tag with one TXXX frame called «tick».
 *
 * Comes in: a box's body, or the bare ID3 tag that hls.js hands over. Goes out: a tick, or null.
 * Mirrors `stentor/formats/emsg.py`.
 */
import { parsedTick, type Tick } from "./tick";

const SCHEME = "https://aomedia.org/emsg/ID3";
const FIXED_BYTES = 4 + 4 + 8 + 4 + 4;
const DESCRIPTION = "tick";

/** @param body the `emsg` box after its header. */
export function tickOfEmsg(body: Uint8Array): Tick | null {
  if (body[0] !== 1) return null;
  const schemeEnd = body.indexOf(0, FIXED_BYTES);
  if (schemeEnd < 0 || ascii(body.subarray(FIXED_BYTES, schemeEnd)) !== SCHEME) return null;
  const valueEnd = body.indexOf(0, schemeEnd + 1);
  return valueEnd < 0 ? null : tickOfId3(body.subarray(valueEnd + 1));
}

/** @param tag an ID3v2.4 tag. */
export function tickOfId3(tag: Uint8Array): Tick | null {
  if (ascii(tag.subarray(0, 3)) !== "ID3" || tag[3] !== 4) return null;
  const end = Math.min(tag.length, 10 + synchsafe(tag, 6));
  for (let at = 10; at + 10 <= end; ) {
    const size = synchsafe(tag, at + 4);
    const body = tag.subarray(at + 10, Math.min(end, at + 10 + size));
    const mark = body.indexOf(0, 1);
    if (ascii(tag.subarray(at, at + 4)) === "TXXX" && mark > 0 && ascii(body.subarray(1, mark)) === DESCRIPTION) {
      return parsedTick(new TextDecoder().decode(body.subarray(mark + 1)));
    }
    at += 10 + size;
  }
  return null;
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Seven bits a byte, so that no byte looks like an MPEG frame's start. */
function synchsafe(data: Uint8Array, at: number): number {
  return [0, 1, 2, 3].reduce((sum, i) => (sum << 7) | (data[at + i]! & 127), 0);
}
