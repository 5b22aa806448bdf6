/** What this person hears: the others, on the output of their choice, with their level for the echo's ear. */
import { EchoEar, STEP_MS } from "./echo";
import { levelDbOf } from "./microphone";

export class Others {
  readonly echo = new EchoEar();
  /** The browser wants a gesture before it plays the others. */
  isDeaf = false;
  outputs: readonly MediaDeviceInfo[] = [];
  outputId = "";
  private readonly audio = new Audio();
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private listening: ReturnType<typeof setInterval> | undefined;
  private wasEcho = false;

  constructor(
    /** How loud this person's own microphone is now. */
    private readonly ownDb: () => number,
    private readonly changed: () => void,
  ) {}

  /** Not every browser lets a page choose where its sound goes. */
  get canChoose(): boolean {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  async find(): Promise<void> {
    if (!this.canChoose || !("mediaDevices" in navigator)) return;
    const all = await navigator.mediaDevices.enumerateDevices();
    this.outputs = all.filter((device) => device.kind === "audiooutput" && device.deviceId !== "");
  }

  async choose(outputId: string): Promise<void> {
    await this.audio.setSinkId(outputId).then(
      () => (this.outputId = outputId),
      // It was unplugged a moment ago: the list is made anew and the sound stays where it is.
      () => this.find(),
    );
    this.changed();
  }

  hear(sound: MediaStream): void {
    this.audio.srcObject = sound;
    this.play();
    this.listen(sound);
  }

  /** Must follow a gesture in browsers that want one. */
  play(): void {
    this.audio.play().then(
      () => this.heard(true),
      () => this.heard(false),
    );
  }

  stop(): void {
    clearInterval(this.listening);
    this.audio.srcObject = null;
    this.isDeaf = false;
    void this.context?.close();
    this.context = null;
    this.echo.forget();
  }

  private heard(isHeard: boolean): void {
    this.isDeaf = !isHeard && this.audio.srcObject !== null;
    this.changed();
  }

  private listen(sound: MediaStream): void {
    clearInterval(this.listening);
    this.context ??= new AudioContext();
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    this.context.createMediaStreamSource(sound).connect(this.analyser);
    this.listening = setInterval(() => {
      if (!this.analyser) return;
      this.echo.hear(levelDbOf(this.analyser), this.ownDb());
      if (this.echo.isEcho !== this.wasEcho) {
        this.wasEcho = this.echo.isEcho;
        this.changed();
      }
    }, STEP_MS);
  }
}
