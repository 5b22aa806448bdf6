/** The lock screen and the headset's buttons (Media Session). Live sound has no seeking, so no seek buttons. */
import type { Snapshot } from "../player/player";

export class LockScreen {
  private shown = "";

  constructor(onPlay: () => void, onStop: () => void) {
    if (!("mediaSession" in navigator)) return;
    navigator.mediaSession.setActionHandler("play", onPlay);
    navigator.mediaSession.setActionHandler("pause", onStop);
    navigator.mediaSession.setActionHandler("stop", onStop);
  }

  /** Called at each drawing; touches the system only when something changed. */
  show(now: Snapshot, isTunedIn: boolean): void {
    if (!("mediaSession" in navigator)) return;
    const artist = now.people.map((person) => person.name).join(", ");
    const said = [isTunedIn, now.title, artist].join("\n");
    if (said === this.shown) return;
    this.shown = said;
    navigator.mediaSession.playbackState = isTunedIn ? "playing" : "none";
    navigator.mediaSession.metadata = isTunedIn ? new MediaMetadata({ title: now.title, artist, album: "Stentor" }) : null;
  }
}
