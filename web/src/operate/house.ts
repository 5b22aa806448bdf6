/**
 * The house as an operator sees it: edges, figures, Spaces, and what it did by itself. No page in here.
 *
 * Comes in: answers of the stage door, every two seconds while somebody looks. Goes out: the newest of them, and how
 * old it is. Never: a figure that nobody has told.
 */
import { Refusal, type Asking } from "../api/asking";
import type { HouseTold, LadderWanted, NoteTold, Page, SpaceTold } from "../api/told";

const LOOK_EVERY_MS = 2_000;
const LOG_EVERY_LOOKS = 3;
const LOG_SHOWN = 60;
const SPACES_SHOWN = 50;

export class House {
  told: HouseTold | null = null;
  log: readonly NoteTold[] = [];
  spaces: readonly SpaceTold[] = [];
  /** When the newest answer came, this machine's clock. */
  toldAtMs = 0;
  refusal: string | null = null;
  private looks = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly asking: Asking,
    private readonly changed: () => void,
  ) {}

  follow(): void {
    void this.look();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.look();
    });
  }

  async force(edge: string, wanted: LadderWanted): Promise<void> {
    try {
      await this.asking.change("POST", `/api/house/edges/${encodeURIComponent(edge)}/ladder`, wanted);
      this.refusal = null;
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : String(error);
    }
    await this.look();
  }

  /** A hidden page asks nothing. */
  private async look(): Promise<void> {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible") {
      await this.read<HouseTold>("/api/house", (told) => {
        this.told = told;
        this.toldAtMs = Date.now();
      });
      if (this.looks++ % LOG_EVERY_LOOKS === 0) {
        await this.read<Page<NoteTold>>(`/api/house/log?limit=${LOG_SHOWN}`, ({ items }) => (this.log = items));
        await this.read<Page<SpaceTold>>(`/api/spaces?limit=${SPACES_SHOWN}`, ({ items }) => (this.spaces = items));
      }
      this.changed();
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), LOOK_EVERY_MS);
  }

  /** A part that is not to be had now keeps what it was; the page says how old that is. */
  private async read<Told>(path: string, then: (told: Told) => void): Promise<void> {
    try {
      then(await this.asking.read<Told>(path));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
