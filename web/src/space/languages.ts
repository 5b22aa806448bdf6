/** Languages that a Space may speak, as the form offers them. Pure. */

/**
 * BCP 47: English is heard by Moonshine and Whisper tiny, the others by Whisper base, which all come with the extra
 * `[speech]` (src/stentor/scribe/speech/weights.py). Any other may be set by the API.
 */
export const SPOKEN: readonly string[] = ["en", "fr", "es", "de", "it", "pt", "nl", "pl", "uk", "sv", "da", "no", "fi", "cs", "tr", "ar", "zh", "ja"];

/** By an engine that comes with the house; another engine or model is a setting of the house. */
export function isHeard(tag: string): boolean {
  return SPOKEN.includes(tag.toLowerCase().split("-")[0]!);
}
