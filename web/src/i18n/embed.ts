/** The words of the embedded player; no page's are loaded with it. */
import { embed as embedEn } from "./en/embed";
import { player as playerEn } from "./en/player";
import { shared as sharedEn } from "./en/shared";
import { embed as embedFr } from "./fr/embed";
import { player as playerFr } from "./fr/player";
import { shared as sharedFr } from "./fr/shared";

export const EMBED = {
  en: { ...sharedEn, ...playerEn, ...embedEn },
  fr: { ...sharedFr, ...playerFr, ...embedFr },
};

export type Words = (typeof EMBED)["en"];
