/** What was there before each step, so that steps are taken back one by one. Pure: every step makes a new one. */

/** As many as anybody goes back; the oldest are forgotten. */
const STEPS_MAX = 200;

export class Undoing<State> {
  private constructor(
    readonly now: State,
    private readonly past: readonly State[],
    /** Steps of one kind that follow each other are one: a word is taken back, not a letter. */
    private readonly kind: string | null,
  ) {}

  static from<State>(now: State): Undoing<State> {
    return new Undoing(now, [], null);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  /** @param kind such as `text/t12`; null: a step of its own. */
  to(now: State, kind: string | null = null): Undoing<State> {
    if (now === this.now) return this;
    const isSame = kind !== null && kind === this.kind;
    return new Undoing(now, isSame ? this.past : [...this.past, this.now].slice(-STEPS_MAX), kind);
  }

  undone(): Undoing<State> {
    const was = this.past.at(-1);
    return was === undefined ? this : new Undoing(was, this.past.slice(0, -1), null);
  }

  /** What comes next is a step of its own, whatever it is. */
  settled(): Undoing<State> {
    return new Undoing(this.now, this.past, null);
  }
}
