/** The words of the operator's page. */
import { shared as sharedEn } from "./en/shared";
import { operate as operateEn } from "./en/operate";
import { shared as sharedFr } from "./fr/shared";
import { operate as operateFr } from "./fr/operate";

export const OPERATE = {
  en: { ...sharedEn, ...operateEn },
  fr: { ...sharedFr, ...operateFr },
};

export type Words = (typeof OPERATE)["en"];
