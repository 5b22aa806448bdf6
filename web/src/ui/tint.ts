/** A portrait without a picture: initials and a hue, both from the name alone. Pure. */

/** At most two letters: of the first and the last word. Whole characters, whatever the script. */
export function initials(name: string): string {
  const words = name.split(/[\s\-_.]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  const letters = chosen.map((word) => [...word].find((letter) => /\p{L}|\p{N}/u.test(letter)) ?? "");
  return letters.join("").toLocaleUpperCase() || "·";
}

/** Twelve hues, 30° apart, so that two tints are either the same or told apart. Source: FNV-1a. */
export function hue(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (hash % 12) * 30;
}

/** A tick's level as the size of a ring: −45 dB and below is still, −10 dB and above is full. */
export function ringSize(levelDb: number): number {
  return Math.min(1, Math.max(0.15, (levelDb + 45) / 35));
}
