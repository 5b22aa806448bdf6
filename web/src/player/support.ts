/**
 * Which source a browser can use. Pure: what the browser says comes in.
 *
 * `canPlayType` alone does not tell: Chromium says «maybe» to HLS and then stalls on our lists. An iPhone has only
 * ManagedMediaSource, and nobody has shown that it lives through a locked screen; native HLS does.
 */
import type { Mode } from "./source";

export interface Browser {
  readonly hasMediaSource: boolean;
  isTypeSupported(type: string): boolean;
  readonly playsHls: boolean;
}

export interface Choice {
  readonly mode: Mode;
  readonly codec: "opus" | "aac";
  /** For `addSourceBuffer`; empty where the source needs none. */
  readonly type: string;
}

/** Safari 17 says yes to «Opus» and no to «opus»; Chromium takes both. */
const OPUS_TYPES = ['audio/mp4; codecs="opus"', 'audio/mp4; codecs="Opus"'];
const AAC_TYPE = 'audio/mp4; codecs="mp4a.40.2"';

/** @param wish `?mode=` and `?codec=` of the page's address, for tests and support. */
export function choose(browser: Browser, wish: { mode?: string | null; codec?: string | null } = {}): Choice | null {
  const hls: Choice = { mode: browser.hasMediaSource ? "hls" : "native", codec: "aac", type: "" };
  if (wish.mode === "native" && browser.playsHls) return { ...hls, mode: "native" };
  if (!browser.hasMediaSource) return browser.playsHls ? hls : null;
  if (wish.mode === "hls") return hls;
  const opus = wish.codec === "aac" ? undefined : OPUS_TYPES.find((type) => browser.isTypeSupported(type));
  if (opus) return { mode: "mse", codec: "opus", type: opus };
  return browser.isTypeSupported(AAC_TYPE) ? { mode: "mse", codec: "aac", type: AAC_TYPE } : hls;
}

export function thisBrowser(audio: HTMLMediaElement): Browser {
  return {
    hasMediaSource: "MediaSource" in globalThis,
    isTypeSupported: (type) => MediaSource.isTypeSupported(type),
    playsHls: audio.canPlayType("application/vnd.apple.mpegurl") !== "",
  };
}
