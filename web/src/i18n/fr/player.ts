/** En français, écrit à la main comme `../en/player.ts` ; espaces insécables devant les signes doubles. */
import type { PlayerWords } from "../en/player";

export const player: PlayerWords = {
  listen: "Écouter",
  stop: "Arrêter",
  hearing: (_, shown) => `${shown} à l’écoute`,
  waiting: (shown) => `${shown} en attente`,
  ending: "Se termine",
  unknownTitle: "Il n’y a pas d’espace ici",
  stateUnknown: "Vérifiez le lien, ou demandez à qui vous l’a envoyé.",
  stateWaiting: "Pas encore à l’antenne. Cette page vous préviendra.",
  stateWaitingArmed: "Pas encore à l’antenne. Le son viendra dès le début.",
  stateReady: "À l’antenne maintenant.",
  stateConnecting: "Connexion.",
  stateBusy: "Vous êtes très nombreux à arriver. Nouvel essai dans un instant, sans rien faire.",
  stateInLine: "Pas encore de place libre. La vôtre est gardée dans la file.",
  stateLive: "En direct",
  stateLiveFigure: (seconds) => `Vous y êtes, ${seconds} s après le direct`,
  stateCatchingUp: "On rattrape le direct.",
  stateIntermission: "Les hôtes font une pause. Restez, ils reviennent.",
  stateEnding: "Les hôtes mettent fin à cet espace.",
  stateRejoining: "Votre connexion s’est coupée, rien n’est perdu. On vous reconnecte.",
  stateStageSilent: "La scène s’est tue ; les hôtes reviennent.",
  stateStageSilentFigure: (seconds) => `La scène s’est tue il y a ${seconds} s ; les hôtes reviennent.`,
  stateNoOutput:
    "Le navigateur ne trouve aucune sortie son sur cet appareil. Branchez un casque ou une enceinte, puis réessayez.",
  stateBroken: "Votre navigateur a cessé de lire le son. Réessayez ; si cela recommence, changez de navigateur.",
  stateEnded: "Cet espace est terminé. Merci de votre écoute.",
  cannotPlay: "Ce navigateur ne sait pas lire le direct. Un plus récent le pourra.",
  startsAt: (when) => `Début ${when}.`,
  dayAt: (day, time) => `${day} à ${time}`,
};
