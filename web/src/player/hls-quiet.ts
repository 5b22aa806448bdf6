/** What hls.js must not do on our pages: their Content-Security-Policy refuses it. */
import type { HlsConfig } from "hls.js";

export const QUIET: Partial<HlsConfig> = {
  // A worker would be a blob: script.
  enableWorker: false,
  // Cues would come with a data: track; ticks are taken from the event instead.
  enableID3MetadataCues: false,
  enableEmsgMetadataCues: false,
  enableDateRangeMetadataCues: false,
};
