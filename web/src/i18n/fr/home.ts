/** En français, écrit à la main comme `../en/home.ts` ; espaces insécables devant les signes doubles. */
import type { HomeWords } from "../en/home";

export const home: HomeWords = {
  homeTitle: "À l’antenne maintenant",
  homeComing: "À venir",
  homeEarlier: "Déjà passés",
  homeEmpty: "Personne n’est à l’antenne en ce moment.",
  homeEmptyHint: "Dès qu’un espace commence, il apparaît ici.",
  homePeople: (n, shown) => (n < 2 ? `${shown} personne sur scène` : `${shown} personnes sur scène`),
  homeSearch: "Chercher un espace ou des paroles",
  homeSaid: "Ce qui a été dit",
  homeMachine: "transcription automatique",
  homeClear: "Effacer la recherche",
  homeNotFound: (q) => `Rien n’a été trouvé pour « ${q} ».`,
  homeNotFoundHint: "La recherche porte sur les titres, les descriptions, les noms des hôtes et les transcriptions.",
  homeNoDate: "Aucune heure n’est fixée",
  homeSoon: "D’un instant à l’autre",
};
