/** What every page says: states, roles, the foot. In English, written by hand like `../fr/shared.ts`. Figures arrive formatted. */
export const shared = {
  language: "English",
  siteTagline: "Live talk, for everyone at once.",
  backHome: "All Spaces",
  onAir: "On the air",
  pausedByHosts: "Paused by the hosts",
  notYet: "Not on the air yet",
  ended: "Ended",
  onStage: "On stage",
  stageEmpty: "The stage is still empty.",
  speaks: (name: string) => `${name} is speaking`,
  muted: "muted",
  roleHost: "Host",
  roleCohost: "Co-host",
  roleSpeaker: "Speaker",
  roleSource: "Programme",
  away: "connection lost",
  stateLoading: "One moment.",
  unreachableTitle: "This server does not answer",
  stateUnreachable: "It is tried again by itself. Nothing is needed from you.",
  tryAgain: "Try again",
  you: "you",
  copy: "Copy",
  copied: "Copied",
};

export type SharedWords = typeof shared;
