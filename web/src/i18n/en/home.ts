/** The list of Spaces. In English, written by hand like `../fr/home.ts`. Figures arrive formatted. */
export const home = {
  homeTitle: "On the air now",
  homeComing: "Coming",
  homeEarlier: "Earlier",
  homeEmpty: "Nobody is on the air right now.",
  homeEmptyHint: "When a Space begins, it appears here by itself.",
  homePeople: (n: number, shown: string) => (n === 1 ? "1 person on stage" : `${shown} people on stage`),
  homeSearch: "Search Spaces and what was said",
  homeSaid: "What was said",
  homeMachine: "machine transcript",
  homeClear: "Clear the search",
  homeNotFound: (q: string) => `Nothing was found for “${q}”.`,
  homeNotFoundHint: "Titles, descriptions, hosts’ names and transcripts are searched.",
  homeNoDate: "No time is set yet",
  homeSoon: "Any moment now",
};

export type HomeWords = typeof home;
