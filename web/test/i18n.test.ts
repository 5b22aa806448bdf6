import { expect, test } from "vitest";
import { Speech, pick } from "../src/i18n/language";

/** Every file of words: whoever adds one has it checked without adding it here. */
type Chapter = Readonly<Record<string, unknown>>;
const en = chapters(import.meta.glob<Record<string, Chapter>>("../src/i18n/en/*.ts", { eager: true }));
const fr = chapters(import.meta.glob<Record<string, Chapter>>("../src/i18n/fr/*.ts", { eager: true }));

/** Everything that could say a word: all of the pages' code but the words themselves. */
const code = Object.entries(import.meta.glob<string>("../src/**/*.ts", { eager: true, query: "?raw", import: "default" }))
  .filter(([path]) => !/\/i18n\/(en|fr)\//u.test(path))
  .map(([, text]) => text)
  .join("\n");

/** Words that are the same in both languages by right. */
const SAME = new Set(["pause", "asRole", "countMinutes", "countSeconds", "hoursMinutes"]);

test("every chapter is there in both languages, with the same words in the same order", () => {
  expect(Object.keys(fr)).toEqual(Object.keys(en));
  for (const [name, words] of Object.entries(en)) expect(Object.keys(fr[name]!), name).toEqual(Object.keys(words));
});

test("no word is empty", () => {
  for (const [key, text] of [...said(en), ...said(fr)]) expect(text, key).not.toBe("");
});

test("nothing is left in English by mistake", () => {
  const french = new Map(said(fr));
  const same = said(en).filter(([key, text]) => french.get(key) === text && !SAME.has(key.split(".")[1]!));
  expect(same).toEqual([]);
});

test("no word is said in two chapters, where one would hide the other", () => {
  const keys = Object.values(en).flatMap((words) => Object.keys(words));
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test("every word is said by some page", () => {
  // What is looked up by a name that is put together: `did_${deed}`, `key_${deed}`.
  const parts = ["did_", "key_", "recDid_", "recKey_", "claim_", "deed_"].filter((part) => code.includes(`\`${part}$`));
  const unsaid = Object.values(en)
    .flatMap((words) => Object.keys(words))
    .filter((key) => !parts.some((part) => key.startsWith(part)) && !new RegExp(`\\b${key}\\b`, "u").test(code));
  expect(unsaid).toEqual([]);
});

test("French double signs have a space that does not break", () => {
  for (const [key, text] of said(fr)) expect(text, key).not.toMatch(/[^\u00a0\u202f][;:?!](?!\/\/)/u);
});

test("the person's choice comes before the browser's, and English is the last resort", () => {
  expect(pick(null, ["fr-CA", "en"])).toBe("fr");
  expect(pick("en", ["fr"])).toBe("en");
  expect(pick(null, ["de", "fr"])).toBe("fr");
  expect(pick("tlh", ["de"])).toBe("en");
});

test("figures are written as the language writes them", () => {
  expect(new Speech("en", {}).seconds(1.24)).toBe("1.2");
  expect(new Speech("fr", {}).seconds(1.24)).toBe("1,2");
  expect(new Speech("en", {}).count(48210)).toBe("48,210");
});

function chapters(found: Record<string, Record<string, Chapter>>): Record<string, Chapter> {
  return Object.fromEntries(
    Object.entries(found).map(([path, file]) => {
      const name = path.split("/").at(-1)!.replace(".ts", "");
      return [name, file[name]!];
    }),
  );
}

/** Each word as `chapter.key` and what it says for two of anything. */
function said(language: Record<string, Chapter>): [string, string][] {
  return Object.entries(language).flatMap(([name, words]) =>
    Object.entries(words).map(([key, value]): [string, string] => [
      `${name}.${key}`,
      typeof value === "function" ? String(value(2, "2", 2)) : String(value),
    ]),
  );
}
