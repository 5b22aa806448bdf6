/**
 * Back into a low-latency list at another edge. Pure.
 *
 * hls.js begins again with a bare list. An edge that is as far as we are answers with what we know, hls.js takes that
 * for a list that has missed its update, and looks again only after half a segment: 2.9 s of silence (measured). So
 * the first list after a change of edges asks for the next part and is held until that exists.
 * Source: RFC 8216bis, section 6.2.5.2, blocking playlist reload.
 */

/** What hls.js knows of a list; `lastPartIndex` is −1 in a list without parts. */
export interface KnownList {
  readonly canBlockReload: boolean;
  readonly endSN: number;
  readonly lastPartSn: number;
  readonly lastPartIndex: number;
}

/** The query that asks for the first part that is not known; empty where a list cannot be held. */
export function tuneInQuery(known: KnownList | null | undefined): string {
  if (!known?.canBlockReload || known.lastPartIndex < 0) return "";
  const isWhole = known.lastPartSn === known.endSN;
  const [segment, part] = isWhole ? [known.endSN + 1, 0] : [known.lastPartSn, known.lastPartIndex + 1];
  return `?_HLS_msn=${segment}&_HLS_part=${part}`;
}
