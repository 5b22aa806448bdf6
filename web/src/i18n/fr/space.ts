/** Ce qu’on dit d’un espace : le formulaire qui le crée ou le modifie. Écrit à la main comme `../en/space.ts`. */
import type { SpaceWords } from "../en/space";

export const space: SpaceWords = {
  detailsTitle: "Titre",
  detailsDescription: "De quoi s’agit-il",
  detailsDescriptionHint: "Tout le monde le lit avant le début. Facultatif.",
  detailsStart: "Début",
  detailsStartHint: "Vide : quand vous viendrez.",
  detailsPlaces: "Places sur scène",
  detailsPlacesHint: "Vide : autant que la maison en offre.",
  detailsPrivate: "Privé : seules les personnes qui ont le lien écoutent",
  detailsBecomesPrivate: "Un nouveau lien, avec une clé, sera créé. L’ancien ne mènera plus nulle part ; qui écoute déjà continue.",
  detailsBecomesPublic: "Tout le monde pourra écouter, et l’espace figurera sur la page d’accueil. Le lien privé est perdu pour de bon.",
  detailsMake: "Créer",
  detailsNotNow: "Pas maintenant",
  detailsSave: "Enregistrer",
  detailsCancel: "Annuler",
  detailsEdit: "Modifier",
  detailsEditName: (title) => `Modifier « ${title} »`,
  detailsSaved: "C’est enregistré.",
  detailsChanged: (title) => `« ${title} » est modifié.`,
  privateLink: "Lien privé pour le public. Qui l’a peut écouter.",
};
