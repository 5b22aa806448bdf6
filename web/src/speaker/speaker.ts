/**
 * A speaker: ties invitation, microphone, presence on stage and live news together. No page in here.
 *
 * Comes in: presses, and what the house tells. Goes out: a snapshot, and a call whenever it may have changed. Where
 * this person is (audience, line, stage) is the crew's decision; the page follows it by itself.
 */
import { waitS } from "../player/backoff";
import { speakingIn, type Person, type Tick } from "../player/tick";
import { Asking, Refusal, byInvitation } from "../api/asking";
import { Live } from "../api/live";
import type { Me } from "../api/told";
import { Door } from "./door";
import { Microphone, PROCESSING, type MicrophoneTrouble, type Processing } from "./microphone";
import { lineWord, type LineMeasure, type LineWord } from "./network";
import { Others } from "./others";
import { Presence } from "./presence";
import { OPEN, closedBy, isMuted, pressed, recorded, type Mouth } from "./silence";
import { nextSpeaker, placeOf, wantsStage, type SpeakerEvent, type SpeakerKind } from "./state";

const ASK_AGAIN_S = 3;
/** Who was removed is let back by a host or not at all: the page looks for a quarter of an hour. */
const LET_BACK_S = 10;
const LET_BACK_LOOKS = 90;

export interface SpeakerSnapshot {
  readonly state: SpeakerKind;
  readonly me: Me | null;
  readonly spaceState: string;
  readonly overAtMs: number | null;
  readonly title: string;
  readonly microphone: "closed" | "open" | MicrophoneTrouble;
  readonly devices: readonly MediaDeviceInfo[];
  readonly deviceId: string | null;
  readonly outputs: readonly MediaDeviceInfo[];
  readonly outputId: string;
  readonly processing: Processing;
  readonly isMuted: boolean;
  readonly closedBy: "nobody" | "me" | "host" | "lock";
  readonly people: readonly Person[];
  readonly speaking: Readonly<Record<string, number>>;
  readonly lead: string | null;
  readonly hearing: number | null;
  readonly rejoins: number;
  readonly isDeaf: boolean;
  readonly isEcho: boolean;
  readonly line: LineWord;
  readonly measure: LineMeasure;
  /** Why the last wish was refused. */
  readonly refusal: string | null;
  /** A host has brought this person on stage while they looked. */
  readonly wasCalled: boolean;
}

export class Speaker {
  readonly microphone = new Microphone();
  readonly asking: Asking;
  /** What comes for those who lead: `crew`, `questions`, `figures`, `notice`; and the Space itself, `state`. */
  onNews: (name: string, data: unknown) => void = () => undefined;
  onTick: (tick: Tick) => void = () => undefined;
  readonly others: Others;
  private readonly door: Door;
  private readonly live: Live;
  private readonly presence: Presence;
  private state: SpeakerKind = "loading";
  private me: Me | null = null;
  private spaceState = "";
  private overAtMs: number | null = null;
  private trouble: "closed" | "open" | MicrophoneTrouble = "closed";
  private devices: MediaDeviceInfo[] = [];
  private processing = PROCESSING;
  private mouth: Mouth = OPEN;
  private deviceId: string | null = null;
  private refusal: string | null = null;
  private looks = 0;
  private wasCalled = false;

  constructor(token: string, private readonly changed: () => void) {
    this.asking = new Asking(byInvitation(token));
    this.door = new Door(this.asking);
    this.live = new Live((signal) => this.door.live(signal), {
      on: (name, data) => this.told(name, data),
      onTick: (tick) => {
        if (tick.state) this.spaceMoved({ state: tick.state });
        this.onTick(tick);
      },
      changed,
    });
    this.others = new Others(() => (isMuted(this.mouth) ? -100 : this.microphone.levelDb()), changed);
    this.presence = new Presence(this.door, {
      me: () => this.me,
      stream: () => this.microphone.stream,
      isLooking: () => wantsStage(this.state) && this.state !== "on_stage",
      event: (event) => this.onStageEvent(event),
      hear: (sound) => this.others.hear(sound),
      refused: () => void this.readAgain(),
      gone: () => this.spaceMoved({ state: "ended" }),
    });
    addEventListener("pagehide", () => this.presence.end());
    // A page from the back/forward cache has lost its connection and its news: begin again.
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  async open(): Promise<void> {
    try {
      this.me = await this.door.me();
    } catch (error) {
      const isBad = error instanceof Refusal && [401, 404, 410].includes(error.status);
      const isOut = error instanceof Refusal && error.status === 403;
      this.event(isBad ? "bad_invitation" : isOut ? "removed" : "unreachable");
      if (isOut) this.lookForMercy();
      else if (!isBad) setTimeout(() => void this.open(), waitS(0, Math.random(), ASK_AGAIN_S) * 1000);
      return;
    }
    if (this.me.person === null) return this.event("shared");
    this.mouth = { wantsMuted: this.me.silence === "muted", silence: this.me.silence ?? "none" };
    this.event(placeOf(this.me));
    this.spaceMoved(this.me.space);
    if (this.me.space.state !== "ended") void this.live.run();
  }

  /** The live feed stands. */
  get isFed(): boolean {
    return this.live.isOpen;
  }

  snapshot(): SpeakerSnapshot {
    const known = this.live.known;
    const levels = known?.speaking ?? {};
    return {
      state: this.state,
      me: this.me,
      spaceState: this.spaceState,
      overAtMs: this.overAtMs,
      title: known?.title ?? this.me?.space.title ?? "",
      microphone: this.trouble,
      devices: this.devices,
      deviceId: this.microphone.track?.getSettings().deviceId ?? null,
      outputs: this.others.outputs,
      outputId: this.others.outputId,
      processing: this.processing,
      isMuted: isMuted(this.mouth),
      closedBy: closedBy(this.mouth),
      people: known?.people ?? [],
      speaking: Object.fromEntries(speakingIn(known).map((id) => [id, levels[id] ?? 0])),
      lead: known?.lead ?? null,
      hearing: known?.audience?.hearing ?? null,
      rejoins: this.presence.rejoins,
      isDeaf: this.others.isDeaf,
      isEcho: this.others.echo.isEcho,
      line: this.state === "on_stage" ? lineWord(this.presence.line) : "unknown",
      measure: this.presence.line,
      refusal: this.refusal,
      wasCalled: this.wasCalled,
    };
  }

  /** A shared invitation becomes this person's own: the page goes on under its link. */
  async claim(name: string): Promise<void> {
    await this.wish(async () => location.replace((await this.door.claim(name)).link));
  }

  /** Opens a microphone, or changes it, on stage as well. */
  async useMicrophone(deviceId: string | null, processing: Processing = this.processing): Promise<void> {
    this.processing = processing;
    this.deviceId = deviceId;
    this.trouble = (await this.microphone.open(deviceId, processing)) ?? "open";
    const track = this.microphone.track;
    if (this.trouble === "open" && track) {
      this.devices = await this.microphone.devices();
      await this.others.find();
      track.enabled = !isMuted(this.mouth) || !wantsStage(this.state);
      track.addEventListener("ended", () => this.microphoneLost(track));
      await this.presence.use(track);
    }
    this.changed();
  }

  /** By a press, or by a host's yes when the microphone is prepared. */
  async join(): Promise<void> {
    if (this.state !== "left" && this.state !== "preparing") return;
    this.event("join");
    if (!this.microphone.stream) await this.useMicrophone(this.deviceId);
    this.obeyMouth();
    await this.presence.begin();
  }

  /** Silent here at once, whatever the line does; the house is told so that the others see it. */
  mute(wantsMuted: boolean): void {
    this.mouth = pressed(this.mouth, wantsMuted);
    this.obeyMouth();
    // A refusal changes nothing for the ear: the record is read again, and each rejoin tells the house again.
    this.door.mute(wantsMuted).catch(() => void this.readAgain());
  }

  ask(note: string): Promise<void> {
    return this.wish(() => this.door.ask(note));
  }

  stopAsking(): Promise<void> {
    return this.wish(() => this.door.stopAsking());
  }

  leave(): void {
    this.event("leave");
    this.letGo();
  }

  private told(name: string, data: unknown): void {
    if (name === "state") this.spaceMoved(data as { state?: string });
    if (name === "me") this.placed(data as Partial<Me>);
    if (name === "removed") this.outOf();
    if (name !== "me") this.onNews(name, data);
  }

  /** The record about this person, as it is now. */
  private placed(told: Partial<Me>): void {
    if (!this.me) return;
    this.me = { ...this.me, ...told, person: this.me.person };
    const { mouth, tellAgain } = recorded(this.mouth, this.me.silence ?? "none");
    this.mouth = mouth;
    if (tellAgain) this.door.mute(true).catch(() => undefined);
    const wasBelow = this.state === "audience" || this.state === "waiting";
    const wasOnStage = wantsStage(this.state) || this.state === "left";
    this.event(placeOf(this.me));
    if (wasOnStage && (this.state === "audience" || this.state === "waiting")) this.presence.end();
    if (wasBelow && this.state === "preparing") {
      this.wasCalled = true;
      if (this.microphone.stream) void this.join();
    }
    this.obeyMouth();
  }

  private async readAgain(): Promise<void> {
    try {
      this.placed(await this.door.me());
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) this.event("bad_invitation");
      if (error instanceof Refusal && error.status === 403) this.outOf();
    }
  }

  private outOf(): void {
    if (this.state === "removed") return;
    this.event("removed");
    this.letGo();
    this.live.stop();
    this.lookForMercy();
  }

  /** A host may undo it; then the page begins anew. */
  private lookForMercy(): void {
    if (++this.looks > LET_BACK_LOOKS) return;
    setTimeout(() => {
      this.door.me().then(
        () => location.reload(),
        () => this.lookForMercy(),
      );
    }, waitS(0, Math.random(), LET_BACK_S) * 1000);
  }

  private onStageEvent(event: SpeakerEvent): void {
    if (event === "line_lost" && this.state === "joining") return;
    this.event(event);
    if (event === "joined" && this.mouth.wantsMuted) this.door.mute(true).catch(() => undefined);
  }

  private obeyMouth(): void {
    const track = this.microphone.track;
    // Below the stage nothing is sent, and the test of the microphone must hear something.
    if (track) track.enabled = !isMuted(this.mouth) || !wantsStage(this.state);
    this.changed();
  }

  private async wish(wanted: () => Promise<void>): Promise<void> {
    this.refusal = null;
    try {
      await wanted();
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }

  private microphoneLost(track: MediaStreamTrack): void {
    if (track !== this.microphone.track) return;
    this.trouble = "missing";
    this.changed();
  }

  private spaceMoved({ state, over_at_ms }: { state?: string; over_at_ms?: number | null }): void {
    if (typeof state !== "string") return;
    this.spaceState = state;
    if (over_at_ms !== undefined) this.overAtMs = over_at_ms;
    if (state !== "ended" && state !== "deleted") return this.changed();
    this.event("ended");
    this.letGo();
    this.live.stop();
  }

  /** Nothing of this person goes out any more, and the browser shows that the microphone is closed. */
  private letGo(): void {
    this.presence.end();
    this.others.stop();
    this.microphone.close();
    this.trouble = "closed";
    this.changed();
  }

  private event(event: SpeakerEvent): void {
    this.state = nextSpeaker(this.state, event);
    this.changed();
  }
}
