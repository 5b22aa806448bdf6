/** Captions and how they look. In English, written by hand like `../fr/captions.ts`. */
export const captions = {
  captions: "What is being said",
  captionsOn: "Captions",
  captionsMenu: "How captions look",
  captionsSize: "Letters",
  captionsSmall: "Small",
  captionsMedium: "Medium",
  captionsLarge: "Large",
  captionsBoxed: "High contrast",
  captionsSpoken: "Hand them to screen readers",
};

export type CaptionWords = typeof captions;
