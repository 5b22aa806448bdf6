/** How fast a record may be played. Pure. */
export const RATES = [0.8, 1, 1.2, 1.5, 1.8, 2] as const;

/** The rate some steps on from this one, within what there is. */
export function rateAfter(rate: number, steps: number): number {
  const at = RATES.findIndex((one) => one >= rate);
  return RATES[Math.min(RATES.length - 1, Math.max(0, (at < 0 ? RATES.length - 1 : at) + steps))]!;
}
