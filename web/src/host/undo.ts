/** What takes a slip back: for every control of one person the requests that restore what was. Pure. */
import type { MemberTold } from "../api/told";
import type { PersonVerb } from "./space-door";

/** One request: a verb, or a role to give. */
export type Step = { readonly verb: PersonVerb } | { readonly role: "cohost" | "speaker" };

/**
 * @param was the person before it.
 * @returns the steps in order; null where nothing takes it back: then it is asked for twice instead.
 */
export function takenBack(verb: PersonVerb | "ban" | "cohost" | "speaker", was: MemberTold): readonly Step[] | null {
  switch (verb) {
    case "mute":
    case "lock":
    case "unmute":
      return [silenceStep(was)];
    case "audience":
    case "put-back":
      return onStageAgain(was);
    case "remove":
      // Letting somebody back puts them in the audience, with an open microphone.
      return [{ verb: "let-back" }, ...(was.role === "listener" ? lineAgain(was) : onStageAgain(was))];
    case "accept":
      return was.is_waiting ? [{ verb: "put-back" }] : [{ verb: "audience" }];
    case "decline":
      return lineAgain(was);
    case "let-back":
      return [{ verb: "remove" }];
    case "cohost":
    case "speaker":
      return was.role === "listener" ? [{ verb: "audience" }] : [{ role: was.role === "cohost" ? "cohost" : "speaker" }];
    case "ban":
    case "host":
      return null;
  }
}

function onStageAgain(was: MemberTold): Step[] {
  const steps: Step[] = [{ verb: "accept" }];
  if (was.role === "cohost") steps.push({ role: "cohost" });
  if (was.silence !== "none") steps.push(silenceStep(was));
  return steps;
}

function lineAgain(was: MemberTold): Step[] {
  return was.is_waiting ? [{ verb: "put-back" }] : [];
}

function silenceStep(was: MemberTold): Step {
  const verbs = { none: "unmute", muted: "mute", locked: "lock" } as const;
  return { verb: verbs[was.silence] };
}
