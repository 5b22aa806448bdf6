/**
 * Throttles what may be left undone: a page whose extras are refused asks less by itself. Pure: time and chance come in.
 *
 * Of the last two minutes, requests beyond twice the accepted ones are dropped here, by chance; so a house that refuses
 * everything is asked about as often as it used to accept. Source: Google's SRE book, chapter 21, client-side throttling.
 */
const K = 2;
const WINDOW_MS = 120_000;
/** A page that asks more often than this is hammering anyway: older requests are forgotten. */
const KEPT_MAX = 256;

export class Throttle {
  private asked: { readonly atMs: number; isAccepted: boolean }[] = [];

  /** @param chance 0…1. @returns whether to send it; null: refused here. Call what is returned when it was accepted. */
  ask(nowMs: number, chance: number): (() => void) | null {
    this.asked = this.asked.filter(({ atMs }) => nowMs - atMs < WINDOW_MS).slice(-KEPT_MAX);
    const accepted = this.asked.filter(({ isAccepted }) => isAccepted).length;
    const refusal = (this.asked.length - K * accepted) / (this.asked.length + 1);
    const one = { atMs: nowMs, isAccepted: false };
    this.asked.push(one);
    return chance < refusal ? null : () => void (one.isAccepted = true);
  }
}
