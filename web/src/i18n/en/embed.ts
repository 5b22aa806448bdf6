/** The embedded player. In English, written by hand like `../fr/embed.ts`. Figures arrive formatted. */
export const embed = {
  embedOnStage: (names: string, others: number, shown: string) =>
    others === 0 ? names : others === 1 ? `${names} and 1 other` : `${names} and ${shown} others`,
  embedNoSpace: "This player has no address of a Space.",
};

export type EmbedWords = typeof embed;
