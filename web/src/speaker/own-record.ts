/**
 * What is kept of a speaker's own voice after the Space, and the way out of it. No page in here.
 *
 * Comes in: two presses. Goes out: a call whenever the answer has changed. Never: an invitation for several people;
 * nobody's voice belongs to it.
 */
import { Refusal, type Asking } from "../api/asking";
import type { MyRecordTold } from "../api/told";

const LOOK_S = 4;
/** Two hours: whoever waits longer loads the page again. */
const LOOKS_MAX = 1_800;

export class OwnRecord {
  told: MyRecordTold | null = null;
  refusal: string | null = null;
  private looks = 0;
  private isFollowing = false;

  constructor(
    private readonly asking: Asking,
    private readonly changed: () => void,
  ) {}

  /**
   * From the end on, or from being taken off the stage: until the replay is there, and a removal done. Asked again
   * and again it begins once.
   */
  follow(): void {
    if (this.isFollowing) return;
    this.isFollowing = true;
    void this.look();
  }

  remove(): Promise<void> {
    return this.wish(this.asking.change("DELETE", "/api/me/record"));
  }

  /** Possible until the removal is done. */
  stay(): Promise<void> {
    return this.wish(this.asking.change("PUT", "/api/me/record"));
  }

  private async wish(asked: Promise<MyRecordTold>): Promise<void> {
    try {
      this.told = await asked;
      this.refusal = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refusal = error.message;
    }
    this.changed();
  }

  private async look(): Promise<void> {
    try {
      this.told = await this.asking.read<MyRecordTold>("/api/me/record");
      this.changed();
    } catch (error) {
      // Away for a moment, not recorded, or nobody's page any more: what is known stays.
      if (!(error instanceof Refusal)) throw error;
    }
    this.looks += 1;
    const isSettled = this.told !== null && this.told.removal !== "waiting" && (this.told.has_replay || this.told.is_unwanted);
    // A wish that is made later is still followed: the interval goes on as long as this page can be used.
    if (this.looks < LOOKS_MAX) setTimeout(() => void this.look(), (isSettled ? 5 : 1) * LOOK_S * 1000);
  }
}
