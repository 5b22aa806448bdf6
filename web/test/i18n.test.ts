import { expect, test } from "vitest";
import { Speech, WORDS, pick } from "../src/i18n/language";

const { en, fr } = WORDS;

test("both languages have the same words, and none is empty", () => {
  expect(Object.keys(fr)).toEqual(Object.keys(en));
  for (const words of [en, fr]) {
    for (const [key, value] of Object.entries(words)) {
      const text = typeof value === "string" ? value : (value as (...parts: unknown[]) => string)(2, "2");
      expect(text, key).not.toBe("");
    }
  }
});

test("nothing is left in English by mistake", () => {
  const same = Object.keys(en).filter((key) => en[key as keyof typeof en] === fr[key as keyof typeof fr]);
  expect(same).toEqual(["pause"]);
});

test("French double signs have a space that does not break", () => {
  for (const value of Object.values(fr)) {
    const text = typeof value === "string" ? value : (value as (...parts: unknown[]) => string)("2", "2");
    expect(text).not.toMatch(/[^\u00a0][;:?!]/u);
  }
});

test("the person's choice comes before the browser's, and English is the last resort", () => {
  expect(pick(null, ["fr-CA", "en"])).toBe("fr");
  expect(pick("en", ["fr"])).toBe("en");
  expect(pick(null, ["de", "fr"])).toBe("fr");
  expect(pick("tlh", ["de"])).toBe("en");
});

test("figures are written as the language writes them", () => {
  expect(new Speech("en").seconds(1.24)).toBe("1.2");
  expect(new Speech("fr").seconds(1.24)).toBe("1,2");
  expect(new Speech("en").count(48210)).toBe("48,210");
});
