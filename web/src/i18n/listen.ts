/** The words of the listener's page; no other page's are loaded with it. */
import { listen as listenEn } from "./en/listen";
import { player as playerEn } from "./en/player";
import { shared as sharedEn } from "./en/shared";
import { listen as listenFr } from "./fr/listen";
import { player as playerFr } from "./fr/player";
import { shared as sharedFr } from "./fr/shared";

export const LISTEN = {
  en: { ...sharedEn, ...playerEn, ...listenEn },
  fr: { ...sharedFr, ...playerFr, ...listenFr },
};

export type Words = (typeof LISTEN)["en"];
