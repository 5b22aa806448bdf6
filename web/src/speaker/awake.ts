/** Keeps the screen on while somebody is on stage: a phone that locks itself takes the microphone away. */

/** Asks for as long as `signal` lasts; a browser that refuses (or saves its battery) is not asked twice. */
export async function stayAwake(signal: AbortSignal): Promise<void> {
  if (!("wakeLock" in navigator)) return;
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || signal.aborted) return;
    // The lock is lost whenever the page is hidden, so it is asked for again when the page is back.
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (signal.aborted) void lock?.release();
  };
  document.addEventListener("visibilitychange", () => void ask(), { signal });
  signal.addEventListener("abort", () => void lock?.release(), { once: true });
  await ask();
}
