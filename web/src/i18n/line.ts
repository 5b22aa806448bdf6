/** The words of the line; loaded with it, when somebody has to wait. */
import { line as en } from "./en/line";
import { line as fr } from "./fr/line";

export const LINE = { en, fr };

export type { LineWords } from "./en/line";
