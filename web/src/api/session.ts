/** Who this browser is to the house: an account by its session's cookie, or nobody. */
import { Asking, bySession } from "./asking";

export type Rank = "owner" | "operator" | "host";

export interface Entered {
  readonly account: { readonly id: string; readonly name: string; readonly rank: Rank };
  /** Asks with the session's cookie, and with its word against forged requests. */
  readonly asking: Asking;
}

interface SessionTold {
  readonly account: Entered["account"] | null;
  readonly csrf: string | null;
}

/** @returns null: nobody is signed in. @throws Refusal */
export async function entered(): Promise<Entered | null> {
  const { account, csrf } = await new Asking(bySession("")).read<SessionTold>("/api/session");
  return account && { account, asking: new Asking(bySession(csrf ?? "")) };
}

/** Where to sign in, and back to this page afterwards. */
export function signInLink(): string {
  return `/sign-in?next=${encodeURIComponent(location.pathname)}`;
}
