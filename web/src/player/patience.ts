/**
 * How often a page that plays nothing asks for its Space. Pure.
 *
 * A page may be open for days before the start; whoever waits for a date hours away need not ask every few seconds.
 */

/** Somebody who pressed Listen before the start is asked for more often than an open page. */
const ARMED_S = 2.5;
const IDLE_S = 8;
const NEAR_S = 120;
const SOON_S = 900;

/** The scribe promises a playable record within 10 s of the end. */
const SEALING_S = 60;
/** Whatever takes longer needs somebody's hand; the page says so and rests. */
const PREPARING_S = 600;

/** @param startsInS until the announced start; null: none is known, or it is not waited for. */
export function pollS(wants: boolean, startsInS: number | null): number {
  const usualS = wants ? ARMED_S : IDLE_S;
  if (startsInS === null || startsInS <= NEAR_S) return usualS;
  return startsInS <= SOON_S ? 20 : 60;
}

/** After the end: how often the page asks whether there is a replay now; null: nothing is to be waited for. */
export function replayPollS(now: { isRecorded: boolean; hasReplay: boolean; endedAgoS: number | null }): number | null {
  if (!now.isRecorded || now.hasReplay || now.endedAgoS === null || now.endedAgoS > PREPARING_S) return null;
  return now.endedAgoS <= SEALING_S ? 3 : 15;
}
