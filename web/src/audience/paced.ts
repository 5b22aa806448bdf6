/**
 * How often a listener may react. Pure: times come in.
 *
 * The same bound as at the edge (8 per 4 s), held here first: a hand that taps fast is told by the page at once,
 * and no request is made that would be refused.
 */
const COUNT_MAX = 8;
const WINDOW_S = 4;

export class Paced {
  private madeS: number[] = [];
  private restsUntilS = 0;

  /** Whether one more may be handed in now, which is counted as made. @param nowS any clock that never goes back. */
  may(nowS: number): boolean {
    this.madeS = this.madeS.filter((atS) => atS + WINDOW_S > nowS);
    if (nowS < this.restsUntilS || this.madeS.length >= COUNT_MAX) return false;
    this.madeS.push(nowS);
    return true;
  }

  /** The edge has said when to come back. */
  rest(nowS: number, forS: number): void {
    this.restsUntilS = nowS + forS;
  }
}
