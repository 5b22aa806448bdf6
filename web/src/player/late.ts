/** A source whose code comes when it is needed: only our own way to the ear is part of a page's first load. */
import type { Mode, Position, Reports, Source } from "./source";

export class LateSource implements Source {
  private source: Source | null = null;
  private isStopped = false;

  constructor(
    readonly mode: Mode,
    private readonly audio: HTMLMediaElement,
    private readonly load: () => Promise<Source>,
    private readonly reports: Reports,
  ) {}

  get lateS(): number {
    return this.source?.lateS ?? Number.POSITIVE_INFINITY;
  }

  start(): void {
    void this.begin();
    // Inside the press; what there is to play comes later.
    this.reports.play();
  }

  stop(): void {
    this.isStopped = true;
    if (this.source) this.source.stop();
    else this.audio.pause();
  }

  position(): Position | null {
    return this.source?.position() ?? null;
  }

  steer(latencyS: number | null): boolean {
    return this.source?.steer(latencyS) ?? false;
  }

  private async begin(): Promise<void> {
    try {
      const source = await this.load();
      if (this.isStopped) return;
      this.source = source;
      source.start();
    } catch {
      // The page's own edge died between the page and its player; a browser does not fetch a module twice for sure.
      if (!this.isStopped) this.reports.failed("broken");
    }
  }
}
