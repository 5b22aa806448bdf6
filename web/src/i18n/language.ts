/**
 * Which language the page speaks: what the person chose here, else what the browser asks for, else English.
 */
export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED_AS = "stentor.language";

/** @param chosen what was stored. @param wanted `navigator.languages`, best first. */
export function pick(chosen: string | null, wanted: readonly string[]): Language {
  const candidates = [chosen, ...wanted].map((tag) => tag?.toLowerCase().split("-")[0]);
  return LANGUAGES.find((language) => language === candidates.find((tag) => LANGUAGES.some((l) => l === tag))) ?? "en";
}

/** The person's own kind of a language, where the browser names one. */
export function regional(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}

/** The words of one page and the figures of one language. */
export class Speech<Words = object> {
  /** For dates: somebody in London reads 20:00 where somebody in Boston reads 8:00 PM. */
  readonly locale: string;
  private readonly whole: Intl.NumberFormat;
  private readonly tenth: Intl.NumberFormat;

  constructor(
    readonly language: Language,
    readonly words: Words,
  ) {
    this.locale = regional(language, typeof navigator === "undefined" ? [] : navigator.languages);
    this.whole = new Intl.NumberFormat(language);
    this.tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  count(n: number): string {
    return this.whole.format(n);
  }

  seconds(s: number): string {
    return this.tenth.format(s);
  }
}

export function rememberedLanguage(): Language {
  return pick(stored(), navigator.languages);
}

/** Remembers the choice in this browser only; where storage is refused the page simply forgets. */
export function remember(language: Language): void {
  try {
    localStorage.setItem(STORED_AS, language);
  } catch {
    // Private windows may refuse storage; the choice holds until the page is closed.
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}
