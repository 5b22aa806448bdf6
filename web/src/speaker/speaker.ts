/**
 * A speaker: ties invitation, microphone, connection and live news together. No page in here.
 *
 * Comes in: presses. Goes out: a snapshot, and a call whenever it may have changed. A lost stage is looked for again
 * by itself, with the same invitation, for as long as the speaker has not left.
 */
import { waitS } from "../player/backoff";
import { Knocks, SPEAKER, paused, steadyS } from "../player/knocks";
import { speakingIn, type Person } from "../player/tick";
import { stayAwake } from "./awake";
import { Connection } from "./connection";
import { Door, Refusal, type Me } from "./door";
import { Live } from "./live";
import { Microphone, PROCESSING, type MicrophoneTrouble, type Processing } from "./microphone";
import { nextSpeaker, wantsStage, type SpeakerEvent, type SpeakerKind } from "./state";

const ASK_AGAIN_S = 3;
/** Without a microphone there is nothing to bring on stage; the page shows why and offers to try again. */
const MICROPHONE_AGAIN_S = 1;

export interface SpeakerSnapshot {
  readonly state: SpeakerKind;
  readonly me: Me | null;
  readonly spaceState: string;
  readonly title: string;
  readonly microphone: "closed" | "open" | MicrophoneTrouble;
  readonly devices: readonly MediaDeviceInfo[];
  readonly deviceId: string | null;
  readonly processing: Processing;
  readonly isMuted: boolean;
  readonly people: readonly Person[];
  readonly speaking: Readonly<Record<string, number>>;
  readonly rejoins: number;
  /** The browser wants a gesture before it plays the others. */
  readonly isDeaf: boolean;
  /** Why the last wish of the host was refused. */
  readonly refusal: string | null;
}

export class Speaker {
  readonly microphone = new Microphone();
  private readonly door: Door;
  private readonly live: Live;
  private readonly others = new Audio();
  private state: SpeakerKind = "loading";
  private me: Me | null = null;
  private spaceState = "";
  private trouble: "closed" | "open" | MicrophoneTrouble = "closed";
  private devices: MediaDeviceInfo[] = [];
  private processing = PROCESSING;
  private isMuted = false;
  private deviceId: string | null = null;
  private isOnStage = new AbortController();
  private readonly knocks = new Knocks(SPEAKER);
  private joinedS = 0;
  private isDeaf = false;
  private rejoins = 0;
  private refusal: string | null = null;
  private connection: Connection | null = null;

  constructor(token: string, private readonly changed: () => void) {
    this.door = new Door(token);
    this.live = new Live(this.door, (state) => this.spaceMoved(state), changed);
    addEventListener("pagehide", () => this.connection?.close());
    // A page from the back/forward cache has lost its connection and its news: begin again.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  async open(): Promise<void> {
    try {
      this.me = await this.door.me();
    } catch (error) {
      const isBad = error instanceof Refusal && [401, 403, 404].includes(error.status);
      this.event(isBad ? "bad_invitation" : "unreachable");
      if (!isBad) setTimeout(() => void this.open(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
      return;
    }
    this.event("invited");
    this.spaceMoved(this.me.space.state);
    if (this.state !== "ended") void this.live.run();
  }

  snapshot(): SpeakerSnapshot {
    const known = this.live.known;
    const levels = known?.speaking ?? {};
    return {
      state: this.state,
      me: this.me,
      spaceState: this.spaceState,
      title: known?.title ?? this.me?.space.title ?? "",
      microphone: this.trouble,
      devices: this.devices,
      deviceId: this.microphone.track?.getSettings().deviceId ?? null,
      processing: this.processing,
      isMuted: this.isMuted,
      people: known?.people ?? [],
      speaking: Object.fromEntries(speakingIn(known).map((id) => [id, levels[id] ?? 0])),
      rejoins: this.rejoins,
      isDeaf: this.isDeaf,
      refusal: this.refusal,
    };
  }

  /** Opens a microphone, or changes it, on stage as well. */
  async useMicrophone(deviceId: string | null, processing: Processing = this.processing): Promise<void> {
    this.processing = processing;
    this.deviceId = deviceId;
    this.trouble = (await this.microphone.open(deviceId, processing)) ?? "open";
    const track = this.microphone.track;
    if (this.trouble === "open" && track) {
      this.devices = await this.microphone.devices();
      track.enabled = !this.isMuted;
      track.addEventListener("ended", () => this.microphoneLost(track));
      await this.connection?.use(track);
    }
    this.changed();
  }

  /** Must follow a gesture, so that the others may be heard. */
  async join(): Promise<void> {
    if (this.state !== "left" && this.state !== "preparing") return;
    this.event("join");
    this.knocks.forgive();
    this.isOnStage = new AbortController();
    void stayAwake(this.isOnStage.signal);
    if (!this.microphone.stream) await this.useMicrophone(this.deviceId);
    await this.stayOnStage();
  }

  /** Silent here at once, whatever the line does; the stage is told so that the others see it. */
  mute(isMuted: boolean): void {
    this.isMuted = isMuted;
    if (this.microphone.track) this.microphone.track.enabled = !isMuted;
    // A refusal changes nothing for the ear: the track is silent, and each rejoin tells the stage again.
    this.door.mute(isMuted).catch(() => undefined);
    this.changed();
  }

  leave(): void {
    this.event("leave");
    this.letGo();
  }

  hearOthers(): void {
    this.others.play().then(
      () => this.heard(true),
      () => this.heard(false),
    );
  }

  async moveSpace(state: string): Promise<void> {
    if (!this.me) return;
    try {
      this.refusal = null;
      this.spaceMoved(await this.door.moveSpace(this.me.space.id, state));
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  /** Looks for the stage until it is found, and again when it is lost. Ends when the speaker leaves. */
  private async stayOnStage(): Promise<void> {
    // One stay has one signal: who leaves and comes back at once must not be looked for twice.
    const { signal } = this.isOnStage;
    while (this.isLooking(signal)) {
      await paused(this.knocks.next(steadyS(), Math.random()), signal);
      if (!this.isLooking(signal)) return;
      const retryAfterS = await this.tryStage(signal);
      if (this.isLooking(signal)) this.knocks.ended(steadyS(), Math.random(), { livedS: 0, retryAfterS });
    }
  }

  private isLooking(signal: AbortSignal): boolean {
    return !signal.aborted && wantsStage(this.state) && this.state !== "on_stage";
  }

  private async tryStage(signal: AbortSignal): Promise<number | null> {
    const { stream } = this.microphone;
    if (!this.me || !stream) return MICROPHONE_AGAIN_S;
    const connection = new Connection(this.door, this.me, stream, (sound) => this.hear(sound), () => this.lost());
    this.connection = connection;
    try {
      await connection.open();
    } catch (error) {
      connection.drop();
      return signal.aborted ? null : this.refused(error);
    }
    if (signal.aborted) return null;
    this.joinedS = steadyS();
    this.event("joined");
    if (this.isMuted) this.mute(true);
    return null;
  }

  private refused(error: unknown): number | null {
    const status = error instanceof Refusal ? error.status : 0;
    if (status === 401 || status === 403) this.event("bad_invitation");
    else if (status === 410 || status === 404) this.spaceMoved("ended");
    else if (status === 503) this.event("stage_away");
    else if (this.state !== "joining") this.event("line_lost");
    return error instanceof Refusal ? error.knockAfterS : null;
  }

  private lost(): void {
    if (!wantsStage(this.state)) return;
    this.rejoins++;
    this.knocks.ended(steadyS(), Math.random(), { livedS: steadyS() - this.joinedS });
    this.event("line_lost");
    void this.stayOnStage();
  }

  private hear(sound: MediaStream): void {
    this.others.srcObject = sound;
    this.hearOthers();
  }

  private heard(isHeard: boolean): void {
    this.isDeaf = !isHeard && wantsStage(this.state);
    this.changed();
  }

  private microphoneLost(track: MediaStreamTrack): void {
    if (track !== this.microphone.track) return;
    this.trouble = "missing";
    this.changed();
  }

  private spaceMoved(state: string): void {
    this.spaceState = state;
    if (state !== "ended") return this.changed();
    this.event("ended");
    this.letGo();
    this.live.stop();
  }

  /** Nothing of this person goes out any more, and the browser shows that the microphone is closed. */
  private letGo(): void {
    this.isOnStage.abort();
    this.connection?.close();
    this.connection = null;
    this.others.srcObject = null;
    this.microphone.close();
    this.trouble = "closed";
    this.changed();
  }

  private event(event: SpeakerEvent): void {
    this.state = nextSpeaker(this.state, event);
    this.changed();
  }
}
