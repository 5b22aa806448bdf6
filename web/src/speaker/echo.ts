/**
 * Whether what this person hears comes back through their own microphone. Pure: levels come in, 20 a second.
 *
 * The envelope of the loudspeaker is laid over the envelope of the microphone at every delay up to half a second. An
 * echo follows the others' speech like a shadow at one and the same delay; a person who talks does not.
 */
export const STEP_MS = 50;
/** Four seconds: shorter, and two people who take turns look alike by chance. */
const STEPS = 80;
const LAG_STEPS_MAX = 10;
const ALIKE = 0.8;
/** Below this the others are silent, and silence looks like silence. */
const HEARD_DB = -45;
/** The others must have paused and spoken: an even tone has no shape to recognise. */
const SWING_DB = 8;
const MICROPHONE_DB = -60;
/** How often in a row it must be found before it is said, once a second. */
const SURE_TIMES = 3;

export class EchoEar {
  private readonly out: number[] = [];
  private readonly into: number[] = [];
  private found = 0;
  private steps = 0;

  /** One moment: how loud the others are played, how loud the microphone is, in dB below full scale. */
  hear(outDb: number, inDb: number): void {
    this.out.push(Math.max(-80, outDb));
    this.into.push(Math.max(-80, inDb));
    if (this.out.length > STEPS + LAG_STEPS_MAX) {
      this.out.shift();
      this.into.shift();
    }
    this.steps++;
    if (this.steps % (1000 / STEP_MS) === 0) this.judge();
  }

  get isEcho(): boolean {
    return this.found >= SURE_TIMES;
  }

  forget(): void {
    this.out.length = this.into.length = this.found = 0;
  }

  private judge(): void {
    if (this.out.length < STEPS + LAG_STEPS_MAX) return;
    const isThere = echoIn(this.out, this.into);
    // Silence of the others says nothing either way.
    if (isThere !== null) this.found = isThere ? this.found + 1 : 0;
  }
}

/** @returns null where the others said too little to know. Bounds: 11 × 80 multiplications. */
export function echoIn(out: readonly number[], into: readonly number[]): boolean | null {
  const speech = out.slice(0, STEPS);
  const loudest = Math.max(...speech);
  if (loudest < HEARD_DB || loudest - Math.min(...speech) < SWING_DB) return null;
  if (Math.max(...into) < MICROPHONE_DB) return false;
  for (let lag = 0; lag <= LAG_STEPS_MAX; lag++) {
    if (alikeness(speech, into.slice(lag, lag + STEPS)) >= ALIKE) return true;
  }
  return false;
}

/** Pearson's correlation; 0 where one of them does not move. */
export function alikeness(a: readonly number[], b: readonly number[]): number {
  const size = Math.min(a.length, b.length);
  const meanA = mean(a, size);
  const meanB = mean(b, size);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < size; i++) {
    const x = a[i]! - meanA;
    const y = b[i]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function mean(values: readonly number[], size: number): number {
  return values.slice(0, size).reduce((sum, value) => sum + value, 0) / size;
}
