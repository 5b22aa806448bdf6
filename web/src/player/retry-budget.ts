/**
 * How many of a page's requests may be second tries: one in ten, and a few at the beginning. Pure.
 *
 * Back-off spreads retries over time; this bounds their sum: a house that refuses everybody is asked at most 1.1 times
 * as often as one that is well, however long it lasts. Source: Google's SRE book, chapter 22, per-client retry budget.
 */
const SHARE = 0.1;
/** An edge that is started anew within 8 s is found again at the first seven knocks. */
const FIRST = 10;

export class RetryBudget {
  private left = FIRST;

  /** @param requests that were planned and went well. */
  earn(requests: number): void {
    this.left = Math.min(FIRST, this.left + SHARE * requests);
  }

  /** @returns whether a second try may be made at once; it is counted. */
  spend(): boolean {
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
