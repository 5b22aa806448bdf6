/**
 * A live response as a player reads it: init segment, then chunks with their ticks.
 *
 * Comes in: bytes of `live.mp4`. Goes out: parts that may be appended to a SourceBuffer as they are.
 */
import { BadStream, BoxReader, bodyOf, type Box } from "./boxes";
import { tickOfEmsg } from "./emsg";
import { CHUNK_SAMPLES } from "./grid";
import type { Tick } from "./tick";

export type Part =
  | { readonly kind: "init"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "tick"; readonly tick: Tick }
  | { readonly kind: "chunk"; readonly number: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly isHole: boolean };

/** A chunk of silence is 250 to 500 bytes, nearly all of it boxes; one of speech ten times that. */
const SILENCE_BYTES_MAX = 700;

/** Groups boxes: `ftyp`+`moov` are the init, `moof`+`mdat` a chunk, `emsg` a tick; the rest is skipped. */
export class StreamReader {
  private readonly boxes = new BoxReader();
  private ftyp: Box | null = null;
  private moof: Box | null = null;
  private hasTick = false;

  /** @throws BadStream these are not the boxes of a live response. */
  push(piece: Uint8Array): Part[] {
    return this.boxes.push(piece).flatMap((box) => this.part(box) ?? []);
  }

  private part(box: Box): Part | null {
    switch (box.type) {
      case "ftyp":
        this.ftyp = box;
        return null;
      case "moov":
        return { kind: "init", bytes: together(this.ftyp, box) };
      case "emsg": {
        const tick = tickOfEmsg(box.body);
        this.hasTick = tick !== null;
        return tick && { kind: "tick", tick };
      }
      case "moof":
        this.moof = box;
        return null;
      case "mdat": {
        if (!this.moof) throw new BadStream("An mdat box has no moof before it.");
        const bytes = together(this.moof, box);
        // The edge fills a number that the stage never wrote with silence, and has no tick for it.
        const isHole = !this.hasTick && bytes.length <= SILENCE_BYTES_MAX;
        const part: Part = { kind: "chunk", number: chunkNumber(this.moof), bytes, isHole };
        this.moof = null;
        this.hasTick = false;
        return part;
      }
      default:
        return null;
    }
  }
}

/** The chunk's number, from its decode time. @throws BadStream it is off the grid. */
export function chunkNumber(moof: Box): number {
  const tfdt = bodyOf(bodyOf(moof.body, "traf"), "tfdt");
  const view = new DataView(tfdt.buffer, tfdt.byteOffset, tfdt.byteLength);
  const samples = tfdt[0] === 1 ? Number(view.getBigUint64(4)) : view.getUint32(4);
  if (samples % CHUNK_SAMPLES !== 0) throw new BadStream(`A decode time of ${samples} samples is off the grid.`);
  return samples / CHUNK_SAMPLES;
}

function together(first: Box | null, second: Box): Uint8Array<ArrayBuffer> {
  const head = first?.bytes ?? new Uint8Array(0);
  const both = new Uint8Array(head.length + second.bytes.length);
  both.set(head);
  both.set(second.bytes, head.length);
  return both;
}
