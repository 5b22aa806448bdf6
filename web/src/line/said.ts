/** What is said about a place in the line. Pure: a standing and the words in, text out. */
import type { LineWords } from "../i18n/en/line";
import type { Speech } from "../i18n/language";
import { WAIT_S_MAX } from "./forecast";
import type { Standing } from "./standing";

const MINUTE_S = 60;
const HOUR_S = 3600;
/** From here on half hours are near enough. */
const LONG_S = 2 * HOUR_S;
/** Older news than this is said to be old. */
const OLD_POLLS = 3;
const OLD_S_MIN = 15;

/** A wait as a range, never narrower than a minute: more exact would be a promise. */
export function range(waitS: readonly [low: number, high: number], { words, count, half }: Numbers): string {
  const [lowS, highS] = waitS;
  if (highS <= MINUTE_S) return words.waitSoon;
  if (highS >= WAIT_S_MAX) return words.waitLong(half(lowS / HOUR_S));
  if (highS >= LONG_S) return words.waitHoursTo(half(lowS / HOUR_S), half(highS / HOUR_S));
  const [low, high] = [Math.max(1, Math.floor(lowS / MINUTE_S)), Math.ceil(highS / MINUTE_S)];
  return low === high ? words.waitMinutes(count(high)) : words.waitMinutesTo(count(low), count(high));
}

/** How a language writes what a wait needs. */
export interface Numbers {
  readonly words: LineWords;
  count(n: number): string;
  half(n: number): string;
}

export function numbers(speech: Speech<LineWords>): Numbers {
  const halves = new Intl.NumberFormat(speech.language, { maximumFractionDigits: 1 });
  return { words: speech.words, count: (n) => speech.count(n), half: (n) => halves.format(Math.round(n * 2) / 2) };
}

export function why({ why }: Standing, words: LineWords): string {
  const says = {
    seats: words.waitWhySeats,
    line: words.waitWhyLine,
    joins: words.waitWhyJoins,
    host: words.waitWhyHost,
    none: words.waitWhyNone,
  };
  return says[why];
}

/** "About 4 to 6 min", "less than a minute", or that nobody can tell. */
export function wait(now: Standing, speech: Speech<LineWords>): string {
  const { words } = speech;
  if (now.ahead === null) return words.waitFinding;
  if (now.why === "host") return words.waitWhyHost;
  return now.waitS === null ? words.waitWaitUnknown : about(now.waitS, speech);
}

/** "48,210 in the room · 3,904 waiting · 40 let in per second"; only what is known and not nothing. */
export function figures(now: Standing, speech: Speech<LineWords>): string {
  const { words } = speech;
  const perMinute = Math.round(now.perS * MINUTE_S);
  const rate =
    now.perS >= 1
      ? words.waitRate(speech.count(Math.round(now.perS)))
      : perMinute > 0 && words.waitRateMinute(speech.count(perMinute));
  return [
    now.admitted > 0 && words.waitInRoom(speech.count(now.admitted)),
    now.waiting > 0 && !now.isDraw && words.waitWaiting(speech.count(now.waiting)),
    !now.isDraw && rate,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** When it was last told something; loud only when that is long ago. */
export function told(now: Standing, speech: Speech<LineWords>): { readonly text: string; readonly isOld: boolean } {
  const { words } = speech;
  const isOld = now.toldAgoS > Math.max(OLD_S_MIN, OLD_POLLS * now.pollS);
  const shown = speech.count(Math.floor(now.toldAgoS));
  return { isOld, text: isOld ? words.waitSilent(shown) : words.waitTold(shown) };
}

/** All of it in one sentence, where there is room for one. */
export function inOneSentence(now: Standing, speech: Speech<LineWords>): string {
  const { words } = speech;
  if (now.isDraw) return `${words.drawTitle}.`;
  if (now.isCalled) return words.turnSentence;
  if (now.ahead === null || now.waitS === null) return `${words.waitTitle}.`;
  const before = now.ahead === 0 ? words.waitNext : `${speech.count(now.ahead)} ${words.waitBefore(now.ahead)}`;
  return `${before}, ${about(now.waitS, speech)}.`;
}

function about(waitS: readonly [number, number], speech: Speech<LineWords>): string {
  const said = range(waitS, numbers(speech));
  return waitS[1] <= MINUTE_S ? said : speech.words.waitWait(said);
}
