/** The words of the front page; no other page's are loaded with it. */
import { shared as sharedEn } from "./en/shared";
import { home as homeEn } from "./en/home";
import { shared as sharedFr } from "./fr/shared";
import { home as homeFr } from "./fr/home";

export const HOME = {
  en: { ...sharedEn, ...homeEn },
  fr: { ...sharedFr, ...homeFr },
};

export type Words = (typeof HOME)["en"];
