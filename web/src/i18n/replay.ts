/** The words of the replay; they come with it, after the listener's page. */
import { replay as replayEn } from "./en/replay";
import { shared as sharedEn } from "./en/shared";
import { replay as replayFr } from "./fr/replay";
import { shared as sharedFr } from "./fr/shared";
import { Speech } from "./language";

export const REPLAY = {
  en: { ...sharedEn, ...replayEn },
  fr: { ...sharedFr, ...replayFr },
};

export type ReplayWords = (typeof REPLAY)["en"];
export type ReplaySpeech = Speech<ReplayWords>;

/** The same language with these words. */
export function replaySpeech({ language }: Speech): ReplaySpeech {
  return new Speech(language, REPLAY[language]);
}
