/**
 * The browser's session with the stage door, and the ways to get one.
 *
 * Comes in: what the person pressed. Goes out: what the door says of the session. Never: a token: the session is a
 * cookie that scripts cannot read, a passkey's private half never leaves the authenticator.
 */
import { Asking, bySession } from "../api/asking";

export interface SessionTold {
  readonly account: { readonly id: string; readonly name: string; readonly rank: string } | null;
  readonly csrf: string | null;
  readonly is_fresh: boolean;
  readonly ways: { readonly passkey: boolean; readonly provider: string | null };
}

export interface PasskeyTold {
  readonly id: string;
  readonly name: string;
  readonly created_ms: number;
  readonly used_ms: number | null;
}

interface Question<Options> {
  readonly options: Options;
}

interface Passkeys {
  readonly items: readonly PasskeyTold[];
}

/** The window of the authenticator was closed, or it waited too long. */
export class Closed extends Error {}

export class SessionDoor {
  private asking = new Asking(bySession(""));

  /** Who am I? @throws Refusal: the door does not answer. */
  async read(): Promise<SessionTold> {
    return this.keep(await this.asking.read<SessionTold>("/api/session"));
  }

  /** @throws Refusal: used, over or unknown. */
  async useLink(token: string): Promise<SessionTold> {
    return this.keep(await this.asking.change<SessionTold>("POST", "/api/access/once", { token }));
  }

  /** @throws Closed, Refusal */
  async usePasskey(): Promise<SessionTold> {
    const path = "/api/access/passkey";
    const { options } = await this.asking.change<Question<PublicKeyCredentialRequestOptionsJSON>>("POST", `${path}/begin`, {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const answer = await said(navigator.credentials.get({ publicKey }));
    return this.keep(await this.asking.change<SessionTold>("POST", path, { answer }));
  }

  /** @throws Closed, Refusal */
  async makePasskey(name: string): Promise<readonly PasskeyTold[]> {
    const path = "/api/session/passkeys";
    const { options } = await this.asking.change<Question<PublicKeyCredentialCreationOptionsJSON>>("POST", `${path}/begin`, {});
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const answer = await said(navigator.credentials.create({ publicKey }));
    return (await this.asking.change<Passkeys>("POST", path, { name, answer })).items;
  }

  async passkeys(): Promise<readonly PasskeyTold[]> {
    return (await this.asking.read<Passkeys>("/api/session/passkeys")).items;
  }

  async removePasskey(id: string): Promise<readonly PasskeyTold[]> {
    return (await this.asking.change<Passkeys>("DELETE", `/api/session/passkeys/${encodeURIComponent(id)}`)).items;
  }

  /** Where to go for the provider's sign-in. @throws Refusal */
  async beginProvider(): Promise<string> {
    return (await this.asking.change<{ url: string }>("POST", "/api/access/oidc", {})).url;
  }

  async signOut(everywhere: boolean): Promise<void> {
    await this.asking.change("DELETE", `/api/session${everywhere ? "?everywhere=true" : ""}`);
    this.asking = new Asking(bySession(""));
  }

  private keep(told: SessionTold): SessionTold {
    this.asking = new Asking(bySession(told.csrf ?? ""));
    return told;
  }
}

/** The authenticator's answer as JSON. @throws Closed */
async function said(asked: Promise<Credential | null>): Promise<object> {
  try {
    const credential = await asked;
    if (credential instanceof PublicKeyCredential) return credential.toJSON() as object;
  } catch (error) {
    // The browser names every reason so, also «no such passkey here»: it must not tell pages which keys there are.
    if (!(error instanceof DOMException)) throw error;
  }
  throw new Closed();
}

/** Where somebody goes on after signing in: a page of this door and nothing else. */
export function wayOn(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get("next") ?? "/";
  if (!URL.canParse(wanted, origin)) return "/";
  const url = new URL(wanted, origin);
  // Two slashes at the front would name another host.
  return url.origin === origin ? url.pathname.replace(/^\/+/, "/") + url.search : "/";
}

/** The token of a one-time link. */
export function onceOf(path: string): string | null {
  return /^\/own\/([^/]+)$/.exec(path)?.[1] ?? null;
}
