/** The six ways to react (docs/PROTOCOL.md, section 3). */
export const REACTIONS = ["clap", "heart", "laugh", "wow", "think", "wave"] as const;
export type Reaction = (typeof REACTIONS)[number];

/** How many of each kind; kinds that this page does not know are not in it. */
export type ReactionCounts = Readonly<Partial<Record<Reaction, number>>>;
