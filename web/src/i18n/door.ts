/** The words of the stage door's front page: own Spaces, or the way in. */
import { shared as sharedEn } from "./en/shared";
import { door as doorEn } from "./en/door";
import { space as spaceEn } from "./en/space";
import { shared as sharedFr } from "./fr/shared";
import { door as doorFr } from "./fr/door";
import { space as spaceFr } from "./fr/space";

export const DOOR = {
  en: { ...sharedEn, ...doorEn, ...spaceEn },
  fr: { ...sharedFr, ...doorFr, ...spaceFr },
};

export type Words = (typeof DOOR)["en"];
