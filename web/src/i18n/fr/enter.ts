import type { EnterWords } from "../en/enter";

/** La connexion. En français, écrit à la main comme `../en/enter.ts`. */
export const enter: EnterWords = {
  enterTitle: "Connexion",
  enterHint: "Pour qui tient cette maison ou y anime des Spaces. Pour écouter, ou parler sur invitation, aucun compte.",
  enterPasskey: "Se connecter avec une clé d’accès",
  enterProvider: (name: string) => `Se connecter avec ${name}`,
  enterLost: "Pas encore de clé d’accès, ou perdue\u202f? Le propriétaire de la maison vous donne un lien.",
  enterNoPasskeys: "Une clé d’accès demande un nom d’hôte, et cette entrée n’a qu’une adresse.",
  onceTitle: "Votre lien sert une seule fois",
  onceHint: "Ouvrez-le dans le navigateur où vous voulez revenir.",
  onceUse: "Entrer",
  inTitle: (name: string) => `Vous y êtes, ${name}`,
  inRank: (rank: string): string =>
    rank === "owner"
      ? "Vous tenez cette maison\u00a0: ses comptes, ses relais, ses Spaces."
      : rank === "operator"
        ? "Vous exploitez cette maison\u00a0: ses relais et tous ses Spaces."
        : "Vous animez des Spaces ici.",
  inGoOn: "Continuer",
  inSignOut: "Se déconnecter",
  inSignOutEverywhere: "Se déconnecter partout",
  passkeysTitle: "Clés d’accès",
  passkeysOffer:
    "Créez une clé d’accès et revenez sans lien. Elle reste dans votre appareil ou votre gestionnaire de mots de passe.",
  passkeysMake: "Créer une clé d’accès",
  passkeysMakeAnother: "Créer une autre clé d’accès",
  passkeysNamed: (device: string) => `Sur ${device}`,
  passkeysThisDevice: "cet appareil",
  passkeysUsed: (day: string) => `a servi le ${day}`,
  passkeysNeverUsed: "n’a pas encore servi",
  passkeysRemove: "Retirer",
  passkeysRemoveSure: "Retirer\u00a0: tous les autres navigateurs sont déconnectés",
  passkeysStale: "Votre connexion date un peu. Pour changer de clés, reconnectez-vous.",
  refusedUnknown: "Le fournisseur vous connaît, cette maison non. Demandez à son propriétaire de vous inscrire.",
  refusedAgain: "Cette connexion a trop duré, ou a commencé dans un autre navigateur. Recommencez ici.",
  refusedAway: "Le fournisseur ne répond pas. Réessayez dans un instant, ou prenez une clé d’accès.",
  refusedOften: "Trop d’essais depuis votre réseau. Attendez une minute.",
  refusedClosed: "Rien n’est fait\u00a0: la fenêtre de la clé a été fermée, ou a trop attendu.",
  refusedBecause: (why: string) => `Cela n’a pas été fait\u00a0: ${why}`,
};
