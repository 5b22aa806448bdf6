/** What a listener takes along: a link to a moment, a clip, the files. */
import { html, nothing, type TemplateResult } from "lit";
import type { ReplaySpeech } from "../i18n/replay";
import { play } from "../ui/icons";
import { lasted } from "../ui/lasting";
import { download, scissors, share } from "../ui/replay-icons";
import { clipFile, type Clip } from "./clip";
import type { RecordFile } from "./record";
import type { Taken } from "./taken";

export interface TakingView {
  readonly files: readonly RecordFile[];
  readonly taken: Taken;
  readonly speech: ReplaySpeech;
  /** Of the Space at the edge in use. */
  readonly base: string;
  /** Of a file below `record/`. */
  address(file: string): string;
}

export function taking(view: TakingView): TemplateResult {
  const { taken, speech } = view;
  const { words } = speech;
  return html`<div class="taking">
      <button class="act" data-test="share" @click=${() => void taken.share(null, speech)}>${share}<span>${words.shareMoment}</span></button>
      <button class="act" data-test="clip" aria-expanded=${taken.clip !== null} @click=${() => taken.toggleClip()}>${scissors}<span>${words.clipMake}</span></button>
      <button class="act" data-test="downloads" aria-expanded=${taken.isDownloading} @click=${() => taken.toggleDownloads()}>${download}<span>${words.downloads}</span></button>
    </div>
    <p class="taking-note" role="status" data-test="taking-note">${taken.note}</p>
    ${taken.clip ? clipPanel(taken.clip, view) : nothing} ${taken.isDownloading ? downloads(view) : nothing}`;
}

function clipPanel(clip: Clip, { taken, speech, base }: TakingView): TemplateResult {
  const { words } = speech;
  const { fromS, toS } = clip;
  return html`<section class="taken" aria-label=${words.clipTitle} data-test="clip-panel">
    <p class="small quiet">${words.clipHint}</p>
    <p class="clip-times"><b>${lasted(fromS * 1000)} – ${lasted(toS * 1000)}</b> <span class="quiet">${words.clipLength(lasted((toS - fromS) * 1000))}</span></p>
    <div class="row">
      <button class="button" data-test="clip-from-here" @click=${() => taken.moveEnd("from")}>${words.clipFromHere}</button>
      <button class="button" data-test="clip-to-here" @click=${() => taken.moveEnd("to")}>${words.clipToHere}</button>
      <button class="button" data-test="clip-listen" @click=${() => taken.listen(clip)}>${play}${words.clipListen}</button>
    </div>
    <div class="row">
      <a class="button primary" data-test="clip-file" href="${base}/${clipFile(clip)}" download>${words.clipFile}</a>
      <button class="button" data-test="clip-copy" @click=${() => void taken.share(clip, speech)}>${words.clipCopy}</button>
      <button class="button" @click=${() => taken.toggleClip()}>${words.clipClose}</button>
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
