/** The `space` attribute of `<stentor-player>`: a URL of a Space, taken apart. Pure. */

export interface SpaceAddress {
  /** Origin of the house. */
  readonly home: string;
  /** The id, for a private Space `id.key`. */
  readonly name: string;
  /** Its page, for whoever wants more than the player. */
  readonly page: string;
}

const PATH = /^\/s\/([a-z0-9][a-z0-9.\-_A-Z]{0,127})(?:\/.*)?$/;

/** @param base what a relative address is relative to. @returns null: this is no Space's address. */
export function spaceAddress(text: string, base: string): SpaceAddress | null {
  try {
    const { origin, pathname, protocol } = new URL(text, base);
    const name = PATH.exec(pathname)?.[1];
    if (!name || (protocol !== "https:" && protocol !== "http:")) return null;
    return { home: origin, name, page: `${origin}/s/${name}` };
  } catch {
    return null;
  }
}
