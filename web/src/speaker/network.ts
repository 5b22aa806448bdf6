/**
 * How good the line to the stage is, as one word. Pure: the browser's statistics come in as they are.
 *
 * Never a word without a measurement behind it: before the first report the line is `unknown`, not good.
 * Source: ITU-T G.114 (below 150 ms one way nobody notices); our stage's own jitter buffer holds 12 packets, and its
 * concealment is intelligible to about 5 % of loss (docs/decisions, the stage under bad networks).
 */
export type LineWord = "unknown" | "good" | "fair" | "poor";

export interface LineMeasure {
  readonly rttMs: number | null;
  /** Of the last seconds, 0…1, the worse of the two directions. */
  readonly loss: number | null;
  readonly jitterMs: number | null;
}

/** What is counted from the beginning; differences make the last seconds. */
export interface LineCounts {
  readonly received: number;
  readonly lost: number;
  readonly rttS: number | null;
  readonly jitterS: number | null;
  /** What the stage reports about our own packets; null: it reports nothing. */
  readonly lossThere: number | null;
}

const FAIR = { rttMs: 250, loss: 0.02, jitterMs: 30 };
const POOR = { rttMs: 500, loss: 0.07, jitterMs: 80 };

export const NOTHING_MEASURED: LineMeasure = { rttMs: null, loss: null, jitterMs: null };

/** Reads `RTCPeerConnection.getStats()`. */
export function countsOf(stats: Iterable<Record<string, unknown>>): LineCounts {
  let received = 0;
  let lost = 0;
  let rttS: number | null = null;
  let jitterS: number | null = null;
  let lossThere: number | null = null;
  for (const stat of stats) {
    if (stat["type"] === "inbound-rtp") {
      received += number(stat["packetsReceived"]) ?? 0;
      lost += Math.max(0, number(stat["packetsLost"]) ?? 0);
      jitterS = larger(jitterS, number(stat["jitter"]));
    } else if (stat["type"] === "remote-inbound-rtp") {
      lossThere = larger(lossThere, number(stat["fractionLost"]));
      jitterS = larger(jitterS, number(stat["jitter"]));
      rttS = larger(rttS, number(stat["roundTripTime"]));
    } else if (stat["type"] === "candidate-pair" && stat["nominated"] === true) {
      rttS = larger(rttS, number(stat["currentRoundTripTime"]));
    }
  }
  return { received, lost, rttS, jitterS, lossThere };
}

/** What happened between two counts. */
export function measured(before: LineCounts, now: LineCounts): LineMeasure {
  const lost = Math.max(0, now.lost - before.lost);
  const sent = lost + Math.max(0, now.received - before.received);
  const lossHere = sent > 0 ? lost / sent : null;
  return {
    rttMs: now.rttS === null ? null : now.rttS * 1000,
    jitterMs: now.jitterS === null ? null : now.jitterS * 1000,
    loss: larger(lossHere, now.lossThere),
  };
}

export function lineWord(measure: LineMeasure): LineWord {
  const kinds = ["rttMs", "loss", "jitterMs"] as const;
  const known = kinds.filter((kind) => measure[kind] !== null);
  if (known.length === 0) return "unknown";
  if (known.some((kind) => measure[kind]! >= POOR[kind])) return "poor";
  if (known.some((kind) => measure[kind]! >= FAIR[kind])) return "fair";
  // A quick answer says nothing about packets that are lost: without that, no praise.
  return measure.loss === null ? "unknown" : "good";
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
