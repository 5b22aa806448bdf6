/**
 * A reminder by the browser, for as long as this tab is open; the calendar is the one that lasts.
 *
 * No service worker and no push server: nothing is stored about the listener anywhere, and the words say what that
 * means. The permission is asked for on a tap, never before.
 */
export type Wish = "unsupported" | "off" | "asking" | "refused" | "on";

/** What is due to be said: once five minutes before, once when it is on the air. */
export type Due = "soon" | "now";

const SOON_MS = 5 * 60_000;

/** What has been said already. Pure. */
export class Reminding {
  private readonly said = new Set<Due>();

  /** @param nowMs the server's time. @param isOnAir whether it can be heard. */
  due(startsMs: number | null, nowMs: number, isOnAir: boolean): Due | null {
    if (isOnAir) return this.once("now");
    const leftMs = startsMs === null ? NaN : startsMs - nowMs;
    return leftMs > 0 && leftMs <= SOON_MS ? this.once("soon") : null;
  }

  /** Asked for within the last minutes: «soon» is known already. */
  begin(startsMs: number | null, nowMs: number): void {
    if (startsMs !== null && startsMs - nowMs <= SOON_MS) this.said.add("soon");
  }

  private once(due: Due): Due | null {
    if (this.said.has(due)) return null;
    this.said.add(due);
    return due;
  }
}

/** The browser's side. */
export class Reminder {
  wish: Wish = "Notification" in globalThis && globalThis.isSecureContext ? "off" : "unsupported";
  private readonly reminding = new Reminding();

  constructor(private readonly changed: () => void) {}

  /** Must be called in the listener's tap. */
  async turnOn(startsMs: number | null, nowMs: number): Promise<void> {
    this.tell("asking");
    const permission = await Notification.requestPermission();
    this.reminding.begin(startsMs, nowMs);
    this.tell(permission === "granted" ? "on" : "refused");
  }

  turnOff(): void {
    this.tell("off");
  }

  /** Called with each drawing. @param text for what is due. */
  look(now: { startsMs: number | null; nowMs: number; isOnAir: boolean }, title: string, text: (due: Due) => string): void {
    if (this.wish !== "on") return;
    const due = this.reminding.due(now.startsMs, now.nowMs, now.isOnAir);
    if (!due) return;
    try {
      const shown = new Notification(title, { body: text(due), tag: "stentor" });
      shown.addEventListener("click", () => window.focus());
    } catch {
      // Some phones have the class and allow it only to service workers: then we cannot remind, and say so.
      this.tell("unsupported");
    }
    if (due === "now") this.tell("off");
  }

  private tell(wish: Wish): void {
    this.wish = wish;
    this.changed();
  }
}
