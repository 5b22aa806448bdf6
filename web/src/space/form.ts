/** The form by which a Space is made or changed. Nothing happens before it is sent; it can always be closed. */
import { html, nothing, type TemplateResult } from "lit";
import type { SpaceWords } from "../i18n/en/space";
import type { Details } from "./details";
import { SPOKEN, isHeard } from "./languages";

/** What the stages of any house carry at the most (`SPEAKERS_MAX`). */
const PLACES_MAX = 60;

export interface SpaceForm {
  readonly words: SpaceWords;
  /** The page's: languages are called by their names in it. */
  readonly language: string;
  readonly before: Details;
  readonly isNew: boolean;
  /** A date says when it will be on; what has been on the air has none to choose. */
  readonly hasDate: boolean;
  readonly send: (details: Details) => void;
  readonly close: () => void;
}

export function spaceForm({ words, language, before, isNew, hasDate, send, close }: SpaceForm): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(written(event.currentTarget as HTMLFormElement, before));
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
  };
  const was = isNew ? "" : before.isPrivate ? "was-private" : "was-public";
  const title = html`<label class="field"><span>${words.detailsTitle}</span>
    <input name="title" required maxlength="200" autocomplete="off" data-test="new-title" .value=${before.title} /></label>`;
  const places = html`<label class="field"><span>${words.detailsPlaces}</span>
    <input name="places" type="number" min="1" max=${PLACES_MAX} inputmode="numeric" data-test="new-places" .value=${before.places} />
    <span class="quiet small">${words.detailsPlacesHint}</span></label>`;
  return html`<form class="card new ${was}" data-test="form" @submit=${submit} @keydown=${keyDown}>
    ${hasDate ? title : html`<div class="beside">${title} ${places}</div>`}
    <label class="field"><span>${words.detailsDescription}</span>
      <textarea name="description" rows="3" maxlength="4000" data-test="new-description" .value=${before.description}></textarea>
      <span class="quiet small">${words.detailsDescriptionHint}</span></label>
    ${hasDate
      ? html`<div class="beside">
          <label class="field"><span>${words.detailsStart}</span>
            <input name="starts" type="datetime-local" data-test="new-starts" .value=${before.starts} />
            <span class="quiet small">${words.detailsStartHint}</span></label>
          ${places}
        </div>`
      : nothing}
    <div>
      <label class="check"
        ><input type="checkbox" name="private" data-test="new-private" .checked=${before.isPrivate} /><span>${words.detailsPrivate}</span></label
      >
      <p class="quiet small becomes-private">${words.detailsBecomesPrivate}</p>
      <p class="quiet small becomes-public">${words.detailsBecomesPublic}</p>
    </div>
    <div class="beside">
      <div class="field">
        <label class="check"
          ><input type="checkbox" name="recorded" data-test="new-recorded" .checked=${before.isRecorded} ?disabled=${!hasDate} /><span
            >${words.detailsRecorded}</span
          ></label
        >
        <p class="quiet small">${hasDate ? words.detailsRecordedHint : words.detailsRecordedFixed}</p>
      </div>
      <label class="field"><span>${words.detailsLanguage}</span>${spoken(words, language, before.language)}
        <span class="quiet small">${words.detailsLanguageHint}</span></label>
    </div>
    <div class="row">
      <button class="button primary" data-test=${isNew ? "make" : "save"}>${isNew ? words.detailsMake : words.detailsSave}</button>
      <button class="button quiet" type="button" data-test="cancel" @click=${close}>${isNew ? words.detailsNotNow : words.detailsCancel}</button>
    </div>
  </form>`;
}

/** Each by its own name for who speaks it, and in the page's language for who only hosts. */
function spoken(words: SpaceWords, shownIn: string, chosen: string): TemplateResult {
  const names = new Intl.DisplayNames(shownIn, { type: "language" });
  const all = SPOKEN.includes(chosen) ? SPOKEN : [chosen, ...SPOKEN];
  return html`<select name="language" data-test="new-language">
    ${all.map((tag) => {
      const name = names.of(tag) ?? tag;
      return html`<option value=${tag} ?selected=${tag === chosen}>${isHeard(tag) ? name : words.detailsUnheard(name)}</option>`;
    })}
  </select>`;
}

function written(form: HTMLFormElement, before: Details): Details {
  const fields = new FormData(form);
  const recorded = form.elements.namedItem("recorded") as HTMLInputElement;
  const text = (name: "title" | "description" | "starts" | "places" | "language"): string => String(fields.get(name) ?? before[name]);
  return {
    title: text("title"),
    description: text("description"),
    starts: text("starts"),
    places: text("places"),
    isPrivate: fields.has("private"),
    // A box that is fixed is not among a form's fields.
    isRecorded: recorded.disabled ? before.isRecorded : recorded.checked,
    language: text("language"),
  };
}
