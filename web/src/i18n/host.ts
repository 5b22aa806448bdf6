/** The words of the host's console. */
import { shared as sharedEn } from "./en/shared";
import { host as hostEn } from "./en/host";
import { shared as sharedFr } from "./fr/shared";
import { host as hostFr } from "./fr/host";

export const HOST = {
  en: { ...sharedEn, ...hostEn },
  fr: { ...sharedFr, ...hostFr },
};

export type Words = (typeof HOST)["en"];
