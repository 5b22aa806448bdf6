/** What people say about a Space: the form that makes or changes one. In English, written by hand like `../fr/space.ts`. */
export const space = {
  detailsTitle: "Title",
  detailsDescription: "What it is about",
  detailsDescriptionHint: "Everybody sees it before the start. You may leave it empty.",
  detailsStart: "Starts",
  detailsStartHint: "Empty: whenever you come.",
  detailsPlaces: "Places on stage",
  detailsPlacesHint: "Empty: as many as this house has.",
  detailsPrivate: "Private: only people with the link can listen",
  detailsBecomesPrivate: "There will be a new link with a key. The link from before stops working; who is listening already goes on.",
  detailsBecomesPublic: "Anybody will be able to listen, and it will be listed on the front page. The private link stops working for good.",
  detailsMake: "Make it",
  detailsNotNow: "Not now",
  detailsSave: "Save",
  detailsCancel: "Cancel",
  detailsEdit: "Edit",
  detailsEditName: (title: string) => `Edit “${title}”`,
  detailsSaved: "The changes are saved.",
  detailsChanged: (title: string) => `“${title}” was changed.`,
  privateLink: "Private link for listeners. Whoever has it can listen.",
};

export type SpaceWords = typeof space;
