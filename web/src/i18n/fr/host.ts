/** En français, écrit à la main comme `../en/host.ts` ; espaces insécables devant les signes doubles. */
import type { HostWords } from "../en/host";

export const host: HostWords = {
  hostDesk: "La régie",
  goOnAir: "Passer à l’antenne",
  goOnAirHint: "À partir de là, on vous entend dehors.",
  pause: "Pause",
  resume: "Reprendre",
  end: "Terminer l’espace",
  endAsk: "Terminer pour tout le monde ?",
  endYes: "Terminer",
  notDone: (why) => `Cela n’a pas été fait : ${why}`,
  listenerLink: "Lien pour le public",
};
