/** A link to a moment, given to whoever asks: the phone's own sheet, or the clipboard. */
import { hashOf, type Moment } from "./moment";

/** @returns "refused": the browser did neither. */
export async function shared(moment: Moment, title: string): Promise<"copied" | "shared" | "refused"> {
  const url = addressOf(moment);
  const isTouch = matchMedia("(pointer: coarse)").matches;
  try {
    if (isTouch && "share" in navigator) {
      await navigator.share({ title, url });
      return "shared";
    }
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch (error) {
    // Closing the phone's sheet is no failure; a page without a secure address may not copy.
    return error instanceof DOMException && error.name === "AbortError" ? "shared" : "refused";
  }
}

export function addressOf(moment: Moment): string {
  return `${location.origin}${location.pathname}${hashOf(moment)}`;
}
