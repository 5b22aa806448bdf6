/** The list of Spaces. In English, written by hand like `../fr/home.ts`. Figures arrive formatted. */
export const home = {
  homeTitle: "On the air",
  homeEmpty: "Nobody is on the air right now.",
  homeEmptyHint: "When a Space begins, it appears here by itself.",
  homePeople: (n: number, shown: string) => (n === 1 ? "1 person on stage" : `${shown} people on stage`),
};

export type HomeWords = typeof home;
