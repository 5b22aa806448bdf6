/**
 * The seam between the player and the ways that sound reaches it: our endless response, hls.js, the browser's HLS.
 *
 * A source owns the network and the media element's `src`; it reports, it never decides what the listener is told.
 */
import type { Knocks } from "./knocks";
import type { Event } from "./state";
import type { Tick } from "./tick";
import type { Trouble } from "./trouble";
import type { Wallet } from "./wallet";

export type Mode = "mse" | "hls" | "native";

/** Where the ear is, in seconds of the Space's time. */
export interface Position {
  readonly positionS: number;
  readonly endS: number;
}

export interface Source {
  readonly mode: Mode;
  /** A little faster for a little late is nobody's concern; from this latency on the listener is told. */
  readonly lateS: number;
  /** Called inside the listener's gesture, so that `play()` is allowed; returns at once. */
  start(): void;
  /** Ends every request and timer. */
  stop(): void;
  /** Null while nothing is buffered. */
  position(): Position | null;
  /** Called four times a second while it is started: keep to the live edge. Returns whether it hurries. */
  steer(latencyS: number | null): boolean;
}

export interface Reports {
  /** The page's, not the source's: how often may be knocked. */
  readonly knocks: Knocks;
  /** What is shown at the door; an in-line answer has put its ticket in here before it is reported. */
  readonly wallet: Wallet;
  /** Starts the element; what the browser answers is the player's business. */
  play(): void;
  event(event: Event): void;
  /** The browser cannot go on with sound that has arrived. */
  failed(why: Trouble): void;
  tick(tick: Tick): void;
  /** The Space's time now by the server's clock, seconds; null while unknown. */
  nowS(): number | null;
  /** The Space's epoch, wall time. */
  epochMs(): number | null;
  stallCount(): number;
}
