/** The words of the speaker's page, which is the host's console too for who may lead. */
import { shared as sharedEn } from "./en/shared";
import { speak as speakEn } from "./en/speak";
import { host as hostEn } from "./en/host";
import { space as spaceEn } from "./en/space";
import { shared as sharedFr } from "./fr/shared";
import { speak as speakFr } from "./fr/speak";
import { host as hostFr } from "./fr/host";
import { space as spaceFr } from "./fr/space";

export const SPEAK = {
  en: { ...sharedEn, ...speakEn, ...hostEn, ...spaceEn },
  fr: { ...sharedFr, ...speakFr, ...hostFr, ...spaceFr },
};

export type Words = (typeof SPEAK)["en"];
