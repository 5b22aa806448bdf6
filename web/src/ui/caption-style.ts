/** How a reader wants captions, as it is kept in the browser. Pure. */
export const SIZES = [0, 1, 2] as const;

export interface CaptionStyle {
  readonly isOn: boolean;
  readonly size: (typeof SIZES)[number];
  /** White on black behind every word. */
  readonly isBoxed: boolean;
  /** Final lines are handed to the screen reader, for whoever reads by touch. */
  readonly isSpoken: boolean;
}

export const FIRST_STYLE: CaptionStyle = { isOn: true, size: 1, isBoxed: false, isSpoken: false };

export function stored(style: CaptionStyle): string {
  return JSON.stringify(style);
}

/** @param text what was stored, by whichever version of the page; null: nothing. */
export function restored(text: string | null, first: CaptionStyle): CaptionStyle {
  let found: Partial<Record<keyof CaptionStyle, unknown>>;
  try {
    found = Object(JSON.parse(text ?? "{}"));
  } catch {
    return first;
  }
  const truth = (field: "isOn" | "isBoxed" | "isSpoken"): boolean => (typeof found[field] === "boolean" ? found[field] : first[field]);
  const size = SIZES.find((one) => one === found.size) ?? first.size;
  return { isOn: truth("isOn"), size, isBoxed: truth("isBoxed"), isSpoken: truth("isSpoken") };
}
