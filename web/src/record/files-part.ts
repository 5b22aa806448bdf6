/** Files to take along; some are made when somebody wants them. */
import { html, nothing } from "lit";
import type { Drawn, Table } from "./table";
import type { FileFormat, FileTold, RecordTold } from "./told";

const FORMATS: readonly [FileFormat, string][] = [
  ["mp3", "MP3"],
  ["opus", "Opus"],
];
/** Into which the page offers a translation; which of them are made is the house's affair. */
const LANGUAGES = ["en", "fr", "es", "de", "it", "pt", "nl", "pl"] as const;
/** What is asked for on the way, and not by a person. */
const INNER = /^(manifest|words)\.json$|^programme\.|\/\d+\.json$/u;

export function filesPart(table: Table, record: RecordTold): Drawn {
  const { words } = table;
  const shown = record.files.filter(({ name }) => !INNER.test(name));
  const voices = shown.filter(({ name }) => name.startsWith("voices/"));
  const sounds = shown.filter(({ name }) => name.startsWith("recording."));
  const logs = shown.filter(({ name }) => name.endsWith(".jsonl") || name === "activity.json");
  const texts = shown.filter((file) => ![voices, sounds, logs].some((some) => some.includes(file)));
  return html`<section class="panel files" aria-labelledby="files-title">
    <h2 id="files-title">${words.recFiles}</h2>
    ${shown.length === 0 ? html`<p class="quiet">${words.recFilesNone}</p>` : nothing}
    ${list(table, sounds)} ${record.programme === "made" ? formats(table, record) : nothing} ${list(table, texts)}
    ${voices.length === 0 ? nothing : html`<h3>${words.recFilesVoices}</h3>${list(table, voices)}`}
    ${logs.length === 0 ? nothing : html`<h3>${words.recFilesMore}</h3>${list(table, logs)}`}
    ${record.transcript === "made" ? languages(table, record) : nothing}
  </section>`;
}

function list(table: Table, files: readonly FileTold[]): Drawn {
  if (files.length === 0) return nothing;
  return html`<ul class="file-list" role="list">
    ${files.map((file) => {
      const [what, size] = [nameOfFile(table, file), sizeOf(table, file.size_bytes)];
      return html`<li>
        <a href="${file.url}&download=1" download data-test="file" data-file=${file.name}>
          <span>${what}</span><span class="quiet">${size}</span>
        </a>
      </li>`;
    })}
  </ul>`;
}

function formats({ words, desk }: Table, record: RecordTold): Drawn {
  const wanted = FORMATS.filter(([format]) => record.formats[format] !== "made");
  if (wanted.length === 0) return nothing;
  return html`<div class="row formats">
    ${wanted.map(([format, label]) => {
      const stage = record.formats[format] ?? "none";
      if (stage === "running") return html`<span class="quiet small" role="status" data-test="making-${format}">${words.recFormatMaking(label)}</span>`;
      return html`<button class="button small" data-test="make-${format}" @click=${() => void desk.make(format)}>
        ${stage === "failed" ? words.recFormatFailed(label) : words.recFormatMake(label)}
      </button>`;
    })}
  </div>`;
}

function languages(table: Table, record: RecordTold): Drawn {
  const { words, desk, speech } = table;
  const names = new Intl.DisplayNames(speech.language, { type: "language" });
  const spoken = desk.space?.language;
  const rest = LANGUAGES.filter((language) => language !== spoken && record.languages[language] === undefined);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    void desk.translate(String(new FormData(event.currentTarget as HTMLFormElement).get("language")));
  };
  const says = { none: words.recLanguageMaking, running: words.recLanguageMaking, made: words.recLanguageMade, failed: words.recLanguageFailed };
  return html`<h3>${words.recLanguages}</h3>
    <p class="quiet small">${words.recLanguagesHint}</p>
    <ul class="file-list" role="list">
      ${Object.entries(record.languages).map(([language, stage]) => html`<li data-test="translation">${says[stage](names.of(language) ?? language)}</li>`)}
    </ul>
    <form class="row translate" @submit=${add}>
      <label class="field"><span>${words.recLanguageAdd}</span>
        <select name="language" data-test="language">
          ${rest.map((language) => html`<option value=${language}>${names.of(language) ?? language}</option>`)}
        </select></label>
      <button class="button small" data-test="translate">${words.recLanguageGo}</button>
    </form>`;
}

function nameOfFile({ words, desk }: Table, { name }: FileTold): string {
  const sounds: Readonly<Record<string, string>> = {
    "recording.m4a": words.recFile_m4a,
    "recording.mp3": words.recFile_mp3,
    "recording.opus": words.recFile_opus,
  };
  const voice = /^voices\/(.+)\.opus$/u.exec(name)?.[1];
  if (voice === undefined) return sounds[name] ?? name;
  return words.recFileVoice(desk.record?.people.find(({ id }) => id === voice)?.name ?? voice);
}

function sizeOf({ speech }: Table, bytes: number): string {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, "megabyte"] : bytes >= 1e3 ? [bytes / 1e3, "kilobyte"] : [bytes, "byte"];
  return new Intl.NumberFormat(speech.language, { style: "unit", unit, maximumFractionDigits: value < 10 && unit === "megabyte" ? 1 : 0 }).format(value);
}
