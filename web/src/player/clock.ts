/**
 * The server's clock as seen from here, for an honest latency. Pure: times come in.
 *
 * Each answer of `space.json` names the edge's time; half the round trip is added. Of the last few answers the one
 * with the shortest round trip is believed: its error is at most half of that trip.
 */
interface Sample {
  readonly offsetMs: number;
  readonly tripMs: number;
}

const SAMPLES_MAX = 4;

export class ServerClock {
  private samples: Sample[] = [];

  /** @param sentMs @param receivedMs this machine's wall clock around the request. */
  measure(sentMs: number, receivedMs: number, serverMs: number): void {
    const tripMs = receivedMs - sentMs;
    // A negative trip means that the machine's clock was set in between: nothing can be learned from it.
    if (tripMs < 0) return;
    this.samples.push({ offsetMs: serverMs + tripMs / 2 - receivedMs, tripMs });
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
  }

  /** The server's time when this machine's clock says `localMs`; null before the first answer. */
  at(localMs: number): number | null {
    const best = this.samples.reduce<Sample | null>((a, b) => (a && a.tripMs <= b.tripMs ? a : b), null);
    return best && localMs + best.offsetMs;
  }
}
