/** A moment of the record as people write it: `4:05`, `1:02:03.5`. Pure. */
import { lasted } from "../ui/lasting";

/** With tenths where they are needed to tell two moments apart. */
export function momentText(ms: number): string {
  const tenths = Math.round(ms / 100) % 10;
  return tenths === 0 ? lasted(Math.round(ms / 100) * 100) : `${lasted(Math.round(ms / 100) * 100)}.${tenths}`;
}

/** @returns null: no moment. */
export function momentFrom(text: string): number | null {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d+)?$/u.test(part))) return null;
  return Math.round(parts.reduce((seconds, part) => seconds * 60 + Number(part), 0) * 1000);
}
