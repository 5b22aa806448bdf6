/**
 * The draw, worked out here and checked. Pure. The one file that uses @noble/hashes.
 *
 * The browser's own `crypto.subtle` is missing on plain http, where a house in somebody's network lives.
 * Mirrors `stentor/admission/line/place.py`.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Place } from "./line-clock";
import { hex, type Ticket } from "./ticket";

const BID_GAIN_MAX = 0.5;
const EFFORT_MAX = 3;

/** The ticket's place, once the seed is known: HMAC-SHA256(seed, id), its first four bytes. */
export function placeOf({ id, bucket, effort }: Pick<Ticket, "id" | "bucket" | "effort">, seed: string): Place {
  const digest = hmac(sha256, bytes(seed), id);
  const draw = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
  return { bucket, draw: draw - Math.trunc((draw * BID_GAIN_MAX * effort) / EFFORT_MAX) };
}

/** Whether the seed is the one that the house had committed itself to. */
export function isKept(commitment: string, seed: string): boolean {
  return hex(sha256(bytes(seed))) === commitment;
}

function bytes(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../gu) ?? [], (two) => Number.parseInt(two, 16));
}
