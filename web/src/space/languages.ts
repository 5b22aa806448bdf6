/** Languages that a Space may speak, as the form offers them. Pure. */

/** BCP 47, in no order of rank: a browser shows them by their names. Any other may be set by the API. */
export const SPOKEN: readonly string[] = ["en", "fr", "es", "de", "it", "pt", "nl", "pl", "uk", "sv", "da", "nb", "fi", "cs", "tr", "ar", "zh", "ja"];

/** What the engines that come with the house hear; another engine or model is a setting of the house. */
const HEARD = new Set(["en"]);

export function isHeard(tag: string): boolean {
  return HEARD.has(tag.toLowerCase().split("-")[0]!);
}
