/**
 * The edges that a listener may use. Pure.
 *
 * Comes in: the list of `space.json`, failures. Goes out: what addresses begin with. The edge that served the page
 * is the first choice and has an empty name; the list is checked, since an address in it is asked.
 */
const EDGES_MAX = 32;

export class Edges {
  private others: readonly string[] = [];
  private at = 0;

  /**
   * @param pageOrigin the first edge: where the page came from, or the house a foreign page embeds.
   * @param first what its addresses begin with; empty: the page's own.
   */
  constructor(
    private readonly pageOrigin: string,
    private readonly first = "",
  ) {}

  /** How many there are, this page's own included. */
  get count(): number {
    return 1 + this.others.length;
  }

  /** What addresses begin with now: empty, or an origin. */
  get base(): string {
    return this.at === 0 ? this.first : (this.others[this.at - 1] ?? this.first);
  }

  /** The same object at the edge in use: names are a function of time, so every edge has it under the same path. */
  address(url: string): string {
    const { pathname, search } = new URL(url, this.pageOrigin);
    return `${this.base || this.pageOrigin}${pathname}${search}`;
  }

  /** Takes the list of an answer; whoever is being used stays in use while it is still there. */
  learn(urls: readonly string[]): void {
    const used = this.at === 0 ? null : this.base;
    const found = urls.slice(0, EDGES_MAX).map(originOf).filter((origin) => origin !== null && origin !== this.pageOrigin);
    this.others = [...new Set(found as string[])];
    this.at = used === null ? 0 : 1 + this.others.indexOf(used);
  }

  /** The one in use has failed. Returns whether there is another. */
  next(): boolean {
    this.at = (this.at + 1) % this.count;
    return this.count > 1;
  }
}

function originOf(url: string): string | null {
  try {
    const { protocol, origin } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? origin : null;
  } catch {
    return null; // Not an address: an operator's slip costs one edge, not the player.
  }
}
