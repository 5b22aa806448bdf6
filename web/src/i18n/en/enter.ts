/** Signing in. In English, written by hand like `../fr/enter.ts`. */
export const enter = {
  enterTitle: "Sign in",
  enterHint: "For those who keep this house or hold Spaces in it. Listeners and invited speakers need no account.",
  enterPasskey: "Sign in with a passkey",
  enterProvider: (name: string) => `Sign in with ${name}`,
  enterLost: "No passkey yet, or it is lost? The owner of this house gives you a link.",
  enterNoPasskeys: "Passkeys need a host name, and this stage door is reached by a bare address.",
  onceTitle: "Your link works once",
  onceHint: "Use it in the browser in which you want to come back.",
  onceUse: "Come in",
  inTitle: (name: string) => `You are in, ${name}`,
  inRank: (rank: string): string =>
    rank === "owner"
      ? "You keep this house: its accounts, its edges, its Spaces."
      : rank === "operator"
        ? "You operate this house: its edges and all its Spaces."
        : "You hold Spaces here.",
  inGoOn: "Go on",
  inSignOut: "Sign out",
  inSignOutEverywhere: "Sign out everywhere",
  passkeysTitle: "Passkeys",
  passkeysOffer: "Make a passkey now and come back without a link. It stays with your device or your password manager.",
  passkeysMake: "Make a passkey",
  passkeysMakeAnother: "Make another passkey",
  passkeysNamed: (device: string) => `On ${device}`,
  passkeysThisDevice: "this device",
  passkeysUsed: (day: string) => `used last on ${day}`,
  passkeysNeverUsed: "not used yet",
  passkeysRemove: "Remove",
  passkeysRemoveSure: "Remove it: all other browsers are signed out",
  passkeysStale: "You signed in a while ago. To change passkeys, sign in again.",
  refusedUnknown: "The provider knows you, this house does not. Ask its owner to put you on the list.",
  refusedAgain: "That sign-in took too long, or began in another browser. Begin again here.",
  refusedAway: "The provider does not answer. Try again in a moment, or use a passkey.",
  refusedOften: "Too many tries from your network. Wait a minute.",
  refusedClosed: "Nothing was done: the passkey window was closed, or it waited too long.",
  refusedBecause: (why: string) => `This was not done: ${why}`,
};

export type EnterWords = typeof enter;
