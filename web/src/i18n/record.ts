/** The words of the hosts' page of a record. */
import { host as hostEn } from "./en/host";
import { record as recordEn } from "./en/record";
import { replay as replayEn } from "./en/replay";
import { shared as sharedEn } from "./en/shared";
import { space as spaceEn } from "./en/space";
import { host as hostFr } from "./fr/host";
import { record as recordFr } from "./fr/record";
import { replay as replayFr } from "./fr/replay";
import { shared as sharedFr } from "./fr/shared";
import { space as spaceFr } from "./fr/space";

export const RECORD = {
  en: { ...sharedEn, ...hostEn, ...spaceEn, ...replayEn, ...recordEn },
  fr: { ...sharedFr, ...hostFr, ...spaceFr, ...replayFr, ...recordFr },
};

export type Words = (typeof RECORD)["en"];
