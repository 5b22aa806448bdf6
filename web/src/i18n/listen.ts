/** The words of the listener's page; no other page's are loaded with it. */
import { captions as captionsEn } from "./en/captions";
import { listen as listenEn } from "./en/listen";
import { player as playerEn } from "./en/player";
import { shared as sharedEn } from "./en/shared";
import { captions as captionsFr } from "./fr/captions";
import { listen as listenFr } from "./fr/listen";
import { player as playerFr } from "./fr/player";
import { shared as sharedFr } from "./fr/shared";

export const LISTEN = {
  en: { ...sharedEn, ...playerEn, ...listenEn, ...captionsEn },
  fr: { ...sharedFr, ...playerFr, ...listenFr, ...captionsFr },
};

export type Words = (typeof LISTEN)["en"];
