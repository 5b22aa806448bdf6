/** The light build (no subtitles, no second audio, no encryption) ships no types of its own. */
declare module "hls.js/light" {
  export { default } from "hls.js";
}
