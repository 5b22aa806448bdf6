/** The words of the host's console. */
import { shared as sharedEn } from "./en/shared";
import { host as hostEn } from "./en/host";
import { space as spaceEn } from "./en/space";
import { shared as sharedFr } from "./fr/shared";
import { host as hostFr } from "./fr/host";
import { space as spaceFr } from "./fr/space";

export const HOST = {
  en: { ...sharedEn, ...hostEn, ...spaceEn },
  fr: { ...sharedFr, ...hostFr, ...spaceFr },
};

export type Words = (typeof HOST)["en"];
