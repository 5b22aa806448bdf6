/** What a player says, on the listener's page and embedded. In English, written by hand like `../fr/player.ts`. */
export const player = {
  listen: "Listen",
  stop: "Stop",
  hearing: (n: number, shown: string) => (n === 1 ? "1 hearing" : `${shown} hearing`),
  ending: "Ending",
  unknownTitle: "There is no Space here",
  stateUnknown: "Check the link, or ask the person who sent it.",
  stateWaiting: "Not on the air yet. This page will tell you.",
  stateWaitingArmed: "Not on the air yet. You will hear it as soon as it begins.",
  stateReady: "On the air now.",
  stateConnecting: "Connecting.",
  stateLive: "Live",
  stateLiveFigure: (seconds: string) => `Live, ${seconds} s behind`,
  stateCatchingUp: "Catching up.",
  stateIntermission: "The hosts have paused. Stay, they will be back.",
  stateEnding: "The hosts are ending this Space.",
  stateRejoining: "Your connection was lost, nothing is missed. We are reconnecting.",
  stateStageSilent: "We lost the stage; the hosts are coming back.",
  stateStageSilentFigure: (seconds: string) => `We lost the stage ${seconds} s ago; the hosts are coming back.`,
  stateNoOutput: "Your browser finds no sound output on this device. Connect headphones or a speaker, then try again.",
  stateBroken: "Your browser stopped playing the sound. Try again; if it stops again, use another browser.",
  stateEnded: "This Space has ended. Thank you for listening.",
  cannotPlay: "This browser cannot play live sound. A newer one can.",
  startsAt: (when: string) => `It starts ${when}.`,
  dayAt: (day: string, time: string) => `${day}, ${time}`,
};

export type PlayerWords = typeof player;
