/** The words of the listener's page; no other page's are loaded with it. */
import { shared as sharedEn } from "./en/shared";
import { listen as listenEn } from "./en/listen";
import { shared as sharedFr } from "./fr/shared";
import { listen as listenFr } from "./fr/listen";

export const LISTEN = {
  en: { ...sharedEn, ...listenEn },
  fr: { ...sharedFr, ...listenFr },
};

export type Words = (typeof LISTEN)["en"];
