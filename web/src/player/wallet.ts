/**
 * What this browser shows at the door: a place in the line (ticket), the right to a session (pass).
 *
 * Comes in: what edges gave. Goes out: a query. Never: an address that is shown; a cookie. The pass is the tab's and
 * survives a reload; the ticket is the browser's, one for each Space, and survives the tab: coming back is no queuing.
 * Where storage is refused both live as long as the page.
 */
const TOKEN_LENGTH_MAX = 64;
const TOKEN = /^[\w-]+$/u;

export class Wallet {
  private readonly at: string;
  private readonly held = new Map<Kept, string>();

  /** @param name of the Space, with or without its key. @param house its origin where that is not the page's own. */
  constructor(name: string, house = "") {
    this.at = `${house}/${name.split(".")[0]}`;
  }

  get pass(): string | null {
    return this.read("pass");
  }

  get ticket(): string | null {
    return this.read("ticket");
  }

  keep(kind: Kept, token: unknown): void {
    if (typeof token !== "string" || token.length > TOKEN_LENGTH_MAX || !TOKEN.test(token)) return;
    this.held.set(kind, token);
    stored(kind, (store) => store.setItem(this.key(kind), token));
  }

  drop(kind: Kept): void {
    this.held.delete(kind);
    stored(kind, (store) => store.removeItem(this.key(kind)));
  }

  /** Both are shown: a pass that slept too long is no loss to whoever still has the ticket that it came from. */
  query(): string {
    const { pass, ticket } = this;
    return (pass ? `&pass=${pass}` : "") + (ticket ? `&ticket=${ticket}` : "");
  }

  private read(kind: Kept): string | null {
    return this.held.get(kind) ?? stored(kind, (store) => store.getItem(this.key(kind)));
  }

  private key(kind: Kept): string {
    return `stentor.${kind}.${this.at}`;
  }
}

export type Kept = "pass" | "ticket";

function stored<T>(kind: Kept, use: (store: Storage) => T): T | null {
  try {
    return use(kind === "pass" ? sessionStorage : localStorage);
  } catch {
    return null; // Refused in a private window or a foreign frame: the page's own memory has it.
  }
}
