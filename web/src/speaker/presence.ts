/**
 * Being on stage: one connection after the other for as long as the speaker wants to be there.
 *
 * Comes in: the wish to be on stage, and its end. Goes out: events for the state machine. A lost stage is looked for
 * again by itself, with the same invitation.
 */
import { Knocks, SPEAKER, paused, steadyS } from "../player/knocks";
import { Refusal } from "../api/asking";
import { stayAwake } from "./awake";
import { Connection } from "./connection";
import type { Me } from "../api/told";
import type { Door } from "./door";
import { NOTHING_MEASURED, type LineMeasure } from "./network";
import type { SpeakerEvent } from "./state";

/** Without a microphone there is nothing to bring on stage; the page shows why and offers to try again. */
const MICROPHONE_AGAIN_S = 1;

export interface Self {
  me(): Me | null;
  stream(): MediaStream | null;
  /** Not on stage yet, and wants to be. */
  isLooking(): boolean;
  event(event: SpeakerEvent): void;
  hear(sound: MediaStream): void;
  /** The stage does not let this person on: what the record says now has to be read. */
  refused(): void;
  gone(): void;
}

export class Presence {
  rejoins = 0;
  private readonly knocks = new Knocks(SPEAKER);
  private staying = new AbortController();
  private connection: Connection | null = null;
  private joinedS = 0;

  constructor(
    private readonly door: Door,
    private readonly self: Self,
  ) {}

  get line(): LineMeasure {
    return this.connection?.line ?? NOTHING_MEASURED;
  }

  /** Somebody pressed, or a host has called: nobody waits for what a machine did wrong. */
  async begin(): Promise<void> {
    this.knocks.forgive();
    this.staying.abort();
    this.staying = new AbortController();
    void stayAwake(this.staying.signal);
    await this.stay();
  }

  end(): void {
    this.staying.abort();
    this.connection?.close();
    this.connection = null;
  }

  async use(track: MediaStreamTrack): Promise<void> {
    await this.connection?.use(track);
  }

  /** Looks for the stage until it is found, and again when it is lost. Ends when the speaker leaves. */
  private async stay(): Promise<void> {
    // One stay has one signal: who leaves and comes back at once must not be looked for twice.
    const { signal } = this.staying;
    const isLooking = (): boolean => !signal.aborted && this.self.isLooking();
    while (isLooking()) {
      await paused(this.knocks.next(steadyS(), Math.random()), signal);
      if (!isLooking()) return;
      const retryAfterS = await this.tryStage(signal);
      if (isLooking()) this.knocks.ended(steadyS(), Math.random(), { livedS: 0, retryAfterS });
    }
  }

  private async tryStage(signal: AbortSignal): Promise<number | null> {
    const me = this.self.me();
    const stream = this.self.stream();
    if (!me || !stream) return MICROPHONE_AGAIN_S;
    const connection = new Connection(this.door, me, stream, (sound) => this.self.hear(sound), () => this.lost());
    this.connection = connection;
    try {
      await connection.open();
    } catch (error) {
      connection.drop();
      return signal.aborted ? null : this.failed(error);
    }
    if (signal.aborted) return null;
    this.joinedS = steadyS();
    this.self.event("joined");
    return null;
  }

  private failed(error: unknown): number | null {
    const status = error instanceof Refusal ? error.status : 0;
    if (status === 401) this.self.event("bad_invitation");
    else if (status === 403) this.self.refused();
    else if (status === 410 || status === 404) this.self.gone();
    else if (status === 503) this.self.event("stage_away");
    else this.self.event("line_lost");
    return error instanceof Refusal ? error.knockAfterS : null;
  }

  private lost(): void {
    if (this.staying.signal.aborted) return;
    this.rejoins++;
    this.knocks.ended(steadyS(), Math.random(), { livedS: steadyS() - this.joinedS });
    this.self.event("line_lost");
    void this.stay();
  }
}
