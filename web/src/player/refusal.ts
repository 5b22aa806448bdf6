/**
 * A 503, read: in the line, not on the air yet, or too much at once.
 *
 * Never: a guess from the status alone: a proxy's 503 means that the house is busy, not that nobody speaks.
 */
import type { Wallet } from "./wallet";

export type Refused = "in_line" | "not_yet" | "busy";

const IN_LINE = "tag:stentor,2026:in-line";
const NOT_YET = ["not-on-air", "not-yet", "stage-away"].map((kind) => `tag:stentor,2026:${kind}`);

/** Keeps the ticket that comes with a place in the line. */
export async function refused(answer: Response, wallet: Wallet): Promise<Refused> {
  let problem: { type?: unknown; ticket?: unknown } = {};
  try {
    problem = (await answer.json()) as typeof problem;
  } catch {
    // Canned, or a proxy's own page.
  }
  if (problem.type !== IN_LINE) return NOT_YET.includes(String(problem.type)) ? "not_yet" : "busy";
  // A pass that is not taken any more has become a place in the line.
  wallet.drop("pass");
  wallet.keep("ticket", problem.ticket);
  return "in_line";
}
