/**
 * The microphone: permission, choice, level, and two seconds played back.
 *
 * Comes in: the speaker's choices. Goes out: one mono track, its level. Never: sound to anybody else.
 */
export type MicrophoneTrouble = "denied" | "missing" | "busy" | "unsafe";

/** What the browser does to the sound; all on unless the speaker says otherwise. */
export interface Processing {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

export const PROCESSING: Processing = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

const CHECK_MS = 2_000;
const SILENCE_DB = -100;

export class Microphone {
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private input: MediaStreamAudioSourceNode | null = null;
  stream: MediaStream | null = null;

  get track(): MediaStreamTrack | null {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  /** Opens a microphone, or another one in its place. Must follow a gesture, so that the meter may run. */
  async open(deviceId: string | null, processing: Processing): Promise<MicrophoneTrouble | null> {
    // Outside a secure address the whole interface is missing.
    if (!("mediaDevices" in navigator)) return "unsafe";
    const wanted = { ...processing, channelCount: 1, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      this.close();
      this.stream = stream;
    } catch (error) {
      return troubleOf(error);
    }
    this.context ??= new AudioContext();
    await this.context.resume();
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    this.input = this.context.createMediaStreamSource(this.stream);
    this.input.connect(this.analyser);
    return null;
  }

  close(): void {
    this.input?.disconnect();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.analyser = null;
  }

  async devices(): Promise<MediaDeviceInfo[]> {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((device) => device.kind === "audioinput" && device.deviceId !== "");
  }

  /** Of the last 43 ms, in dB below full scale. */
  levelDb(): number {
    return this.analyser ? levelDbOf(this.analyser) : SILENCE_DB;
  }

  /** Records two seconds and plays them back; resolves when they were heard. */
  async check(onPlaying: () => void): Promise<void> {
    if (!this.stream) return;
    const recorder = new MediaRecorder(this.stream);
    const pieces: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.start();
    setTimeout(() => recorder.stop(), CHECK_MS);
    await stopped;
    const url = URL.createObjectURL(new Blob(pieces, { type: recorder.mimeType }));
    const audio = new Audio(url);
    onPlaying();
    await audio.play();
    await new Promise((resolve) => {
      for (const end of ["ended", "error"]) audio.addEventListener(end, resolve, { once: true });
    });
    URL.revokeObjectURL(url);
  }
}

/** How loud it is now, in dB below full scale. */
export function levelDbOf(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return power > 0 ? Math.max(SILENCE_DB, 10 * Math.log10(power)) : SILENCE_DB;
}

function troubleOf(error: unknown): MicrophoneTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}
