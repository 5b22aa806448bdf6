/** The words of the stage door's front page: own Spaces, or the way in. */
import { shared as sharedEn } from "./en/shared";
import { door as doorEn } from "./en/door";
import { shared as sharedFr } from "./fr/shared";
import { door as doorFr } from "./fr/door";

export const DOOR = {
  en: { ...sharedEn, ...doorEn },
  fr: { ...sharedFr, ...doorFr },
};

export type Words = (typeof DOOR)["en"];
