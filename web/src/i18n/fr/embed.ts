/** En français, écrit à la main comme `../en/embed.ts` ; espaces insécables devant les signes doubles. */
import type { EmbedWords } from "../en/embed";

export const embed: EmbedWords = {
  embedOnStage: (names, others, shown) =>
    others === 0 ? names : others === 1 ? `${names} et 1 autre` : `${names} et ${shown} autres`,
  embedNoSpace: "Ce lecteur n’a pas l’adresse d’un espace.",
};
