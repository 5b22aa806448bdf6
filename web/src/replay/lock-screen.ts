/** The lock screen and the headset's buttons for a record (Media Session): it can be moved in, live sound cannot. */
export interface LockScreenDeeds {
  play(): void;
  pause(): void;
  jump(byS: number): void;
  seek(toS: number): void;
  chapter(by: -1 | 1): void;
}

export interface Shown {
  readonly title: string;
  readonly artist: string;
  readonly chapter: string;
  readonly isPlaying: boolean;
  readonly positionS: number;
  readonly durationS: number;
  readonly rate: number;
}

const JUMP_S = 15;
const ACTIONS: readonly MediaSessionAction[] = ["play", "pause", "stop", "seekbackward", "seekforward", "seekto", "previoustrack", "nexttrack"];

export class RecordLockScreen {
  private shown = "";

  constructor(deeds: LockScreenDeeds) {
    const on = (action: MediaSessionAction, handler: MediaSessionActionHandler): void => handle(action, handler);
    on("play", () => deeds.play());
    on("pause", () => deeds.pause());
    on("stop", () => deeds.pause());
    on("seekbackward", ({ seekOffset }) => deeds.jump(-(seekOffset ?? JUMP_S)));
    on("seekforward", ({ seekOffset }) => deeds.jump(seekOffset ?? JUMP_S));
    on("seekto", ({ seekTime }) => deeds.seek(seekTime ?? 0));
    on("previoustrack", () => deeds.chapter(-1));
    on("nexttrack", () => deeds.chapter(1));
  }

  /** Called at each drawing; touches the system only when something changed. */
  show({ title, artist, chapter, isPlaying, positionS, durationS, rate }: Shown): void {
    if (!("mediaSession" in navigator)) return;
    // The system counts on by itself: it needs to be told each jump and, now and then, where it is.
    const said = [title, artist, chapter, isPlaying, rate, Math.round(durationS), Math.round(positionS / 5)].join("\n");
    if (said === this.shown) return;
    this.shown = said;
    navigator.mediaSession.playbackState = isPlaying ? "playing" : "paused";
    navigator.mediaSession.metadata = new MediaMetadata({ title: chapter || title, artist, album: chapter ? title : "Stentor" });
    if (durationS > 0) navigator.mediaSession.setPositionState({ duration: durationS, playbackRate: rate, position: Math.min(positionS, durationS) });
  }

  close(): void {
    for (const action of ACTIONS) handle(action, null);
    if ("mediaSession" in navigator) navigator.mediaSession.metadata = null;
  }
}

/** Browsers throw at actions that they do not know. */
function handle(action: MediaSessionAction, handler: MediaSessionActionHandler | null): void {
  try {
    if ("mediaSession" in navigator) navigator.mediaSession.setActionHandler(action, handler);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
