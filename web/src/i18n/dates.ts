/**
 * Days and times as the language says them. Pure: times and the language's tag come in.
 *
 * All are this machine's local time, as any clock on the wall around the listener.
 */

const DAY_MS = 86_400_000;

/** «20:00», "8:00 PM", « 20 h », « 20 h 30 ». */
export function timeOf(ms: number, locale: string): string {
  if (!locale.startsWith("fr")) return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(ms);
  const at = new Date(ms);
  const minutes = at.getMinutes();
  return `${at.getHours()}\u00a0h${minutes ? `\u00a0${String(minutes).padStart(2, "0")}` : ""}`;
}

/** "today", "tomorrow", "Friday 4 December"; with the year when it is another one. */
export function dayOf(ms: number, nowMs: number, locale: string): string {
  const days = Math.round((midnight(ms) - midnight(nowMs)) / DAY_MS);
  if (Math.abs(days) <= 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
  const isOtherYear = new Date(ms).getFullYear() !== new Date(nowMs).getFullYear();
  const year: Intl.DateTimeFormatOptions = isOtherYear ? { year: "numeric" } : {};
  const wanted: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", ...year };
  return new Intl.DateTimeFormat(locale, wanted).format(ms);
}

function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** "Ana, Ben and Chloé". */
export function together(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
