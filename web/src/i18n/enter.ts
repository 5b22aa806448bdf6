/** The words of the sign-in page. */
import { shared as sharedEn } from "./en/shared";
import { enter as enterEn } from "./en/enter";
import { shared as sharedFr } from "./fr/shared";
import { enter as enterFr } from "./fr/enter";

export const ENTER = {
  en: { ...sharedEn, ...enterEn },
  fr: { ...sharedFr, ...enterFr },
};

export type Words = (typeof ENTER)["en"];
