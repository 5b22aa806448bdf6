/** The words of the speaker's page, which is the host's console too for who may lead. */
import { shared as sharedEn } from "./en/shared";
import { speak as speakEn } from "./en/speak";
import { host as hostEn } from "./en/host";
import { shared as sharedFr } from "./fr/shared";
import { speak as speakFr } from "./fr/speak";
import { host as hostFr } from "./fr/host";

export const SPEAK = {
  en: { ...sharedEn, ...speakEn, ...hostEn },
  fr: { ...sharedFr, ...speakFr, ...hostFr },
};

export type Words = (typeof SPEAK)["en"];
