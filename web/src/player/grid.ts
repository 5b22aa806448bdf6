/**
 * The grid of audio time, the same figures as `stentor/limits.py`.
 *
 * A chunk is 30 720 samples at 48 kHz: 0.64 s. Positions are seconds of the Space's time, counted from its
 * epoch; the media element's `currentTime` is kept in the same time, so no offset is ever added.
 */
export const SAMPLE_RATE_HZ = 48_000;
export const CHUNK_SAMPLES = 30_720;
export const CHUNK_S = CHUNK_SAMPLES / SAMPLE_RATE_HZ;

/** The chunk that is heard at a position. */
export function chunkAt(positionS: number): number {
  // Media elements report times with a microsecond's rounding; half a millisecond keeps a border on its own side.
  return Math.floor((positionS + 0.0005) / CHUNK_S);
}
