/**
 * A ticket, read: who is given a place may know it. Pure.
 *
 * Mirrors `stentor/admission/token.py`: base64url of kind (1 byte), key's number (1), issued (u32, Unix seconds), id (8),
 * bucket (u32), effort (1), network (4), MAC (16). Only the house can check the MAC, and nothing here believes more of
 * a ticket than what the house will say of it.
 */
export interface Ticket {
  readonly token: string;
  readonly issuedS: number;
  readonly id: Uint8Array;
  /** 0: came before the doors opened; n: in the n-th second after. */
  readonly bucket: number;
  /** Proof of work that was shown, 0 to 3. */
  readonly effort: number;
}

const TICKET_S = 6 * 3600;
const SIZE_BYTES = 39;
const KIND = 1;
const EFFORT_MAX = 3;

/** @returns null: this is no ticket. */
export function ticketFrom(token: string | null): Ticket | null {
  if (token === null) return null;
  const bytes = bytesFrom(token);
  if (bytes?.length !== SIZE_BYTES || bytes[0] !== KIND) return null;
  const view = new DataView(bytes.buffer);
  return {
    token,
    issuedS: view.getUint32(2),
    id: bytes.slice(6, 14),
    bucket: view.getUint32(14),
    effort: Math.min(EFFORT_MAX, view.getUint8(18)),
  };
}

export function isOver({ issuedS }: Ticket, nowMs: number): boolean {
  return nowMs / 1000 - issuedS > TICKET_S;
}

/** The id as people and the house write it. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesFrom(token: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(token.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
