/** An edge's place on the ladder, in the order in which things give way. Pure. */
import type { EdgeTold } from "../api/told";

export type StepName = "paced" | "off" | "low" | "two" | "four" | "wait";

/** From the top: what is given up first stands highest. */
export const STEPS: readonly StepName[] = ["paced", "off", "low", "two", "four", "wait"];

/** Which steps are taken. Each kind stands for itself: an operator may force one and leave the others. */
export function taken(edge: Pick<EdgeTold, "rung" | "cadence" | "extras" | "held">): ReadonlySet<StepName> {
  const steps = new Set<StepName>();
  if (edge.extras === "paced" || edge.extras === "off") steps.add("paced");
  if (edge.extras === "off") steps.add("off");
  if (edge.rung === "low") steps.add("low");
  if (edge.cadence >= 2) steps.add("two");
  if (edge.cadence >= 4) steps.add("four");
  if (edge.held !== "none") steps.add("wait");
  return steps;
}

/** A share as a whole percentage, never 100 before it is full. */
export function percent(used: number): number {
  return used >= 1 ? 100 : Math.min(99, Math.round(used * 100));
}
