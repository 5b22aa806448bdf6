/** Small things about text. Pure. */

/** Letters; a longer title is set smaller, or it would push everybody else off a phone's screen. */
const LONG_TITLE = 80;

export function isLong(title: string): boolean {
  return title.length > LONG_TITLE;
}

/** As the first word of a sentence: "tomorrow" → "Tomorrow". */
export function sentenceCase(text: string): string {
  const [first = "", ...rest] = text;
  return first.toLocaleUpperCase() + rest.join("");
}
