/** What every part of the record page draws with. */
import type { TemplateResult } from "lit";
import { nothing } from "lit";
import type { Words } from "../i18n/record";
import type { Speech } from "../i18n/language";
import type { Asker } from "../host/desk";
import { dayOf, timeOf } from "../i18n/dates";
import type { RecordDesk } from "./record-desk";

export type Part = "words" | "brief" | "chapters" | "keep";
export type Drawn = TemplateResult | typeof nothing;

/** Words of one turn that are selected on the page. */
export interface Selected {
  readonly turn: string;
  readonly from: number;
  readonly to: number;
}

/** What is open on this screen; nobody else sees it. */
export class Ui {
  part: Part = "words";
  /** Whose words are being written. */
  editing: string | null = null;
  /** What has been pressed once and wants a second press. */
  asking: string | null = null;
  isFinding = false;
  find = "";
  by = "";
  matchCase = false;
  wholeWords = true;
  /** Which hit was shown last. */
  hit = -1;
  selected: Selected | null = null;
  isHelpOpen = false;
  copied: string | null = null;
}

export interface Table extends Asker {
  readonly desk: RecordDesk;
  readonly ui: Ui;
  readonly speech: Speech<Words>;
  readonly words: Words;
  readonly nowMs: number;
  /** This house's own: where it is asked from. */
  readonly redraw: () => void;
  /** After the next drawing: scrolls there and puts the focus in. */
  readonly go: (selector: string, focus?: boolean) => void;
}

/** A person's name as the transcript, the brief or the crew knows it. */
export function nameOf({ desk }: Table, id: string): string {
  return desk.transcript.transcript?.names[id] ?? desk.record?.people.find((person) => person.id === id)?.name ?? id;
}

/** "today, 20:15". */
export function whenOf({ speech, words, nowMs }: Table, ms: number): string {
  return words.recAt(dayOf(ms, nowMs, speech.locale), timeOf(ms, speech.locale));
}

/** A field that grows with what is written in it. */
export function grow(field: HTMLTextAreaElement): void {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
