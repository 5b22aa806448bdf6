/**
 * MP4 boxes out of a byte stream that is cut anywhere.
 *
 * Comes in: the pieces that `fetch` reads. Goes out: whole top-level boxes. Never: media; nothing is decoded here.
 * Source: ISO/IEC 14496-12, section 4.2.
 */

/** One whole box. `bytes` is everything, `body` starts after the header. */
export interface Box {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
}

/** Four times the largest chunk the stage may write; a longer box means that this is not our stream. */
export const BOX_SIZE_BYTES_MAX = 256 * 1024;

export class BadStream extends Error {}

/** Collects pieces and gives back boxes as soon as they are whole. Holds at most one unfinished box. */
export class BoxReader {
  private held = new Uint8Array(0);

  /** @throws BadStream a box is shorter than its header or longer than `BOX_SIZE_BYTES_MAX`. */
  push(piece: Uint8Array): Box[] {
    const data = joined(this.held, piece);
    const boxes: Box[] = [];
    let at = 0;
    while (data.length - at >= 8) {
      const size = sizeAt(data, at);
      if (data.length - at < size) break;
      boxes.push(boxOf(data.subarray(at, at + size)));
      at += size;
    }
    this.held = data.slice(at);
    return boxes;
  }
}

/** The boxes inside a box's body. @throws BadStream they do not fill it exactly. */
export function boxesIn(body: Uint8Array): Box[] {
  const reader = new BoxReader();
  const boxes = reader.push(body);
  const size = boxes.reduce((sum, box) => sum + box.bytes.length, 0);
  if (size !== body.length) throw new BadStream(`${body.length - size} bytes are left after the last box.`);
  return boxes;
}

/** The body of the first box of this type. @throws BadStream there is none. */
export function bodyOf(body: Uint8Array, type: string): Uint8Array {
  const found = boxesIn(body).find((box) => box.type === type);
  if (!found) throw new BadStream(`There is no ${type} box.`);
  return found.body;
}

function sizeAt(data: Uint8Array, at: number): number {
  const size = new DataView(data.buffer, data.byteOffset + at).getUint32(0);
  if (size < 8 || size > BOX_SIZE_BYTES_MAX) {
    throw new BadStream(`A box says ${size} bytes; it must be 8 to ${BOX_SIZE_BYTES_MAX}.`);
  }
  return size;
}

function boxOf(bytes: Uint8Array): Box {
  return { type: String.fromCharCode(...bytes.subarray(4, 8)), bytes, body: bytes.subarray(8) };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
