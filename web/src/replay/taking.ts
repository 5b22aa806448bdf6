/** What a listener takes along: a link to a moment, a clip, the files. */
import { html, nothing, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import { play } from "../ui/icons";
import { lasted } from "../ui/lasting";
import { download, scissors, share } from "../ui/replay-icons";
import { clipFile, type Clip } from "./clip";
import { hashOf, type Moment } from "./moment";
import type { RecordFile } from "./record";

export interface TakingView {
  readonly files: readonly RecordFile[];
  readonly clip: Clip | null;
  readonly isDownloading: boolean;
  readonly note: string;
  readonly speech: ReplaySpeech;
  /** Of a file below `record/`. */
  address(file: string): string;
  /** Of the Space at the edge in use. */
  readonly base: string;
  shareNow(): void;
  shareClip(clip: Clip): void;
  toggleClip(): void;
  toggleDownloads(): void;
  moveEnd(handle: "from" | "to"): void;
  listenTo(clip: Clip): void;
}

export function taking(view: TakingView): TemplateResult {
  const { words } = view.speech;
  return html`<div class="taking">
      <button class="act" data-test="share" @click=${() => view.shareNow()}>${share}<span>${words.shareMoment}</span></button>
      <button class="act" data-test="clip" aria-expanded=${view.clip !== null} @click=${() => view.toggleClip()}>${scissors}<span>${words.clipMake}</span></button>
      <button class="act" data-test="downloads" aria-expanded=${view.isDownloading} @click=${() => view.toggleDownloads()}>${download}<span>${words.downloads}</span></button>
    </div>
    <p class="taking-note" role="status" data-test="taking-note">${view.note}</p>
    ${view.clip ? clipPanel(view.clip, view) : nothing} ${view.isDownloading ? downloads(view) : nothing}`;
}

/** Copies the link, or hands it to the phone's own sheet. @returns false: the browser did neither. */
export async function shared(moment: Moment, title: string): Promise<"copied" | "shared" | "refused"> {
  const url = addressOf(moment);
  const isTouch = matchMedia("(pointer: coarse)").matches;
  try {
    if (isTouch && "share" in navigator) {
      await navigator.share({ title, url });
      return "shared";
    }
    await navigator.clipboard.writeText(url);
    return "copied";
  } catch (error) {
    // Closing the phone's sheet is no failure; a page without a secure address may not copy.
    return error instanceof DOMException && error.name === "AbortError" ? "shared" : "refused";
  }
}

export function addressOf(moment: Moment): string {
  return `${location.origin}${location.pathname}${hashOf(moment)}`;
}

function clipPanel(clip: Clip, view: TakingView): TemplateResult {
  const { words } = view.speech;
  const { fromS, toS } = clip;
  return html`<section class="taken" aria-label=${words.clipTitle} data-test="clip-panel">
    <p class="small quiet">${words.clipHint}</p>
    <p class="clip-times"><b>${lasted(fromS * 1000)} – ${lasted(toS * 1000)}</b> <span class="quiet">${words.clipLength(lasted((toS - fromS) * 1000))}</span></p>
    <div class="row">
      <button class="button" data-test="clip-from-here" @click=${() => view.moveEnd("from")}>${words.clipFromHere}</button>
      <button class="button" data-test="clip-to-here" @click=${() => view.moveEnd("to")}>${words.clipToHere}</button>
      <button class="button" data-test="clip-listen" @click=${() => view.listenTo(clip)}>${play}${words.clipListen}</button>
    </div>
    <div class="row">
      <a class="button primary" data-test="clip-file" href="${view.base}/${clipFile(clip)}" download>${words.clipFile}</a>
      <button class="button" data-test="clip-copy" @click=${() => view.shareClip(clip)}>${words.clipCopy}</button>
      <button class="button" @click=${() => view.toggleClip()}>${words.clipClose}</button>
    </div>
  </section>`;
}

function downloads(view: TakingView): TemplateResult {
  const { words } = view.speech;
  const audio = view.files.filter(({ name }) => /^recording\.(m4a|mp3|opus)$/u.test(name));
  const texts = view.files.filter(({ name }) => /^transcript\.([\w-]+\.)?(vtt|srt|txt|html)$/u.test(name));
  const briefs = view.files.filter(({ name }) => /^brief\.([\w-]+\.)?(md|html)$/u.test(name));
  return html`<section class="taken files" aria-label=${words.downloads} data-test="download-panel">
    ${group(words.fileAudio, audio, view)} ${group(words.fileWords, texts, view)} ${group(words.fileBrief, briefs, view)}
  </section>`;
}

function group(title: string, files: readonly RecordFile[], { address, speech }: TakingView): TemplateResult | typeof nothing {
  if (files.length === 0) return nothing;
  return html`<div><h2>${title}</h2>
    <ul role="list">
      ${files.map(
        ({ name, sizeBytes }) =>
          html`<li><a href="${address(name)}?download=1" data-test="file-${name}" download>${kindOf(name)}
            ${sizeBytes >= 100_000 ? html`<span class="quiet">${speech.words.fileMegabytes(speech.seconds(sizeBytes / 1e6))}</span>` : nothing}</a></li>`,
      )}
    </ul></div>`;
}

/** `M4A`, `VTT · fr`. */
function kindOf(name: string): string {
  const [, ...rest] = name.split(".");
  const kind = rest.at(-1)!.toUpperCase();
  return rest.length > 1 ? `${kind} · ${rest[0]}` : kind;
}
