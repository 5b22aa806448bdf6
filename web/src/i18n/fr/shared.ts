/** En français, écrit à la main comme `../en/shared.ts` ; espaces insécables devant les signes doubles. */
import type { SharedWords } from "../en/shared";

export const shared: SharedWords = {
  language: "Français",
  siteTagline: "La parole en direct, pour tous à la fois.",
  backHome: "Tous les espaces",
  onAir: "À l’antenne",
  pausedByHosts: "En pause",
  notYet: "Pas encore à l’antenne",
  ended: "Terminé",
  onStage: "Sur scène",
  stageEmpty: "La scène est encore vide.",
  speaks: (name) => `${name} a la parole`,
  muted: "micro coupé",
  roleHost: "Hôte",
  roleCohost: "Co-hôte",
  roleSpeaker: "Au micro",
  roleSource: "Le programme",
  away: "connexion perdue",
  stateLoading: "Un instant.",
  unreachableTitle: "Ce serveur ne répond pas",
  stateUnreachable: "On réessaie pour vous, vous n’avez rien à faire.",
  tryAgain: "Réessayer",
  you: "vous",
  copy: "Copier",
  copied: "Copié",
};
