/** The host's console. In English, written by hand like `../fr/host.ts`. Figures arrive formatted. */
export const host = {
  hostDesk: "The host's desk",
  goOnAir: "Go on the air",
  goOnAirHint: "From then on it is heard outside.",
  pause: "Pause",
  resume: "Go on",
  end: "End the Space",
  endAsk: "End it for everybody?",
  endYes: "End it",
  notDone: (why: string) => `This was not done: ${why}`,
  listenerLink: "Link for listeners",
};

export type HostWords = typeof host;
