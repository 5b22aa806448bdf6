/** En français, écrit à la main comme `../en/home.ts` ; espaces insécables devant les signes doubles. */
import type { HomeWords } from "../en/home";

export const home: HomeWords = {
  homeTitle: "À l’antenne maintenant",
  homeComing: "À venir",
  homeEarlier: "Déjà passés",
  homeEmpty: "Personne n’est à l’antenne en ce moment.",
  homeEmptyHint: "Dès qu’un espace commence, il apparaît ici.",
  homePeople: (n, shown) => (n < 2 ? `${shown} personne sur scène` : `${shown} personnes sur scène`),
  homeSearch: "Chercher un espace",
  homeClear: "Effacer la recherche",
  homeNotFound: (q) => `Rien n’a été trouvé pour « ${q} ».`,
  homeNotFoundHint: "La recherche porte sur les titres, les descriptions et les noms des hôtes.",
  homeNoDate: "Aucune heure n’est fixée",
  homeSoon: "D’un instant à l’autre",
};
