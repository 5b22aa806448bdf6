import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Throttle } from "../src/audience/throttle";
import { refused } from "../src/player/refusal";
import { RetryBudget } from "../src/player/retry-budget";
import { Wallet } from "../src/player/wallet";

describe("retries", () => {
  test("are a tenth of what went well, after the first ten", () => {
    const budget = new RetryBudget();
    const spent = (): number => Array.from({ length: 100 }, () => budget.spend()).filter(Boolean).length;
    expect(spent()).toBe(10);
    budget.earn(29);
    expect(spent()).toBe(2);
    budget.earn(1_000_000);
    expect(spent()).toBe(10);
  });

  test("whatever happens, there are at most 1.1 requests for one, and ten more", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 400 }), (steps) => {
        const budget = new RetryBudget();
        let [good, again] = [0, 0];
        for (const isGood of steps) {
          if (isGood) (budget.earn(1), good++);
          else if (budget.spend()) again++;
        }
        expect(again).toBeLessThanOrEqual(10 + good * 0.1 + 1e-9);
      }),
    );
  });
});

describe("extras that are refused", () => {
  /** How many of `count` requests are sent to a house that accepts those it is told to. */
  function sent(count: number, isAccepted: (n: number) => boolean): number {
    const throttle = new Throttle();
    let sent = 0;
    for (let n = 0; n < count; n++) {
      const accept = throttle.ask(n * 100, (n * 0.618) % 1);
      if (!accept) continue;
      sent++;
      if (isAccepted(n)) accept();
    }
    return sent;
  }

  test("are all sent while the house takes them", () => {
    expect(sent(200, () => true)).toBe(200);
  });

  test("are nearly all dropped here while it takes none", () => {
    expect(sent(200, () => false)).toBeLessThan(12);
  });

  test("are sent again two minutes later", () => {
    const throttle = new Throttle();
    for (let n = 0; n < 50; n++) throttle.ask(0, 0.5);
    expect(throttle.ask(1_000, 0.5)).toBeNull();
    expect(throttle.ask(121_000, 0.5)).not.toBeNull();
  });
});

describe("a wallet", () => {
  afterEach(() => vi.unstubAllGlobals());

  function stores(): { sessionStorage: Storage; localStorage: Storage } {
    const store = (): Storage => {
      const kept = new Map<string, string>();
      return {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
        removeItem: (key: string) => void kept.delete(key),
      } as Storage;
    };
    return { sessionStorage: store(), localStorage: store() };
  }

  test("shows what it has, and nothing when it has nothing", () => {
    const wallet = new Wallet("talk");
    expect(wallet.query()).toBe("");
    wallet.keep("ticket", "tic-ket");
    expect(wallet.query()).toBe("&ticket=tic-ket");
    wallet.keep("pass", "pa_ss");
    expect(wallet.query()).toBe("&pass=pa_ss&ticket=tic-ket");
  });

  test("survives a reload; in another tab only the ticket does", () => {
    const first = stores();
    for (const [name, store] of Object.entries(first)) vi.stubGlobal(name, store);
    const wallet = new Wallet("talk.key");
    wallet.keep("ticket", "t");
    wallet.keep("pass", "p");
    expect(new Wallet("talk.key").query()).toBe("&pass=p&ticket=t");
    vi.stubGlobal("sessionStorage", stores().sessionStorage);
    expect(new Wallet("talk.key").query()).toBe("&ticket=t");
    expect(new Wallet("other").query()).toBe("");
  });

  test("works for the page's life where storage is refused", () => {
    vi.stubGlobal("localStorage", undefined);
    const wallet = new Wallet("talk");
    wallet.keep("ticket", "t");
    expect(wallet.ticket).toBe("t");
    wallet.drop("ticket");
    expect(wallet.ticket).toBeNull();
  });

  test("takes nothing that could be more than a token in an address", () => {
    const wallet = new Wallet("talk");
    for (const junk of [null, 7, "", "a&b=c", "ä", "x".repeat(65)]) wallet.keep("pass", junk);
    expect(wallet.query()).toBe("");
  });
});

describe("a 503", () => {
  const answer = (body: unknown): Response => new Response(typeof body === "string" ? body : JSON.stringify(body), { status: 503 });

  test("with a place is kept, and the pass that was not taken is gone", async () => {
    const wallet = new Wallet("talk");
    wallet.keep("pass", "old");
    expect(await refused(answer({ type: "tag:stentor,2026:in-line", ticket: "mine" }), wallet)).toBe("in_line");
    expect(wallet.query()).toBe("&ticket=mine");
  });

  test("of a proxy means busy, not that nobody speaks", async () => {
    const wallet = new Wallet("talk");
    for (const body of ["<h1>503</h1>", "", {}, { type: "about:blank" }, { type: "tag:stentor,2026:full" }]) {
      expect(await refused(answer(body), wallet)).toBe("busy");
    }
    expect(await refused(answer({ type: "tag:stentor,2026:not-on-air" }), wallet)).toBe("not_yet");
  });
});
