/** En français, écrit à la main comme `../en/home.ts` ; espaces insécables devant les signes doubles. */
import type { HomeWords } from "../en/home";

export const home: HomeWords = {
  homeTitle: "À l’antenne",
  homeEmpty: "Personne n’est à l’antenne en ce moment.",
  homeEmptyHint: "Dès qu’un espace commence, il apparaît ici.",
  homePeople: (n, shown) => (n < 2 ? `${shown} personne sur scène` : `${shown} personnes sur scène`),
};
