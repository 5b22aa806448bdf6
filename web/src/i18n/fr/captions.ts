/** Les sous-titres et leur allure. Écrit à la main comme `../en/captions.ts`. */
import type { CaptionWords } from "../en/captions";

export const captions: CaptionWords = {
  captions: "Ce qui se dit",
  captionsOn: "Sous-titres",
  captionsMenu: "L’allure des sous-titres",
  captionsSize: "Lettres",
  captionsSmall: "Petites",
  captionsMedium: "Moyennes",
  captionsLarge: "Grandes",
  captionsBoxed: "Contraste fort",
  captionsSpoken: "Les confier au lecteur d’écran",
};
