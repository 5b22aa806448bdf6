/** Before the start: when, how long until then, and two ways not to miss it. */
import { html, nothing, type TemplateResult } from "lit";
import { Countdown, partsOf } from "../audience/countdown";
import { Reminder } from "../audience/reminder";
import { dayOf, timeOf } from "../i18n/dates";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import type { Snapshot } from "../player/player";
import { bell, calendar, tick } from "../ui/icons";
import { sentenceCase } from "../ui/text";
import "./listen-before.css";

/** The figures change with the second, wherever the page was opened in it. */
const LOOK_MS = 250;

export class Before {
  private readonly countdown = new Countdown();
  private readonly reminder: Reminder;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly calendarUrl: string,
    private readonly redraw: () => void,
  ) {
    this.reminder = new Reminder(redraw);
  }

  /** Called at each drawing, also once it is on the air: that is what the reminder waits for. */
  look(now: Snapshot, words: Words): void {
    const isWaiting = now.listener.kind === "waiting";
    if (!isWaiting || now.startsMs === null) this.rest();
    else this.timer ??= setInterval(this.redraw, LOOK_MS);
    if (isWaiting || this.reminder.wish === "on") {
      const isOnAir = now.programme === "on_air" || now.programme === "paused";
      const text = { soon: words.remindSoon, now: words.remindNow };
      this.reminder.look({ startsMs: now.startsMs, nowMs: now.serverMs, isOnAir }, now.title, (due) => text[due]);
    }
  }

  rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  render(now: Snapshot, speech: Speech<Words>): TemplateResult {
    const { words } = speech;
    if (now.startsMs === null) return html`<section class="before"><p class="quiet">${words.noDate}</p></section>`;
    return html`<section class="before">
      <p class="when" data-test="starts">${this.when(now.startsMs, now.serverMs, speech)}</p>
      ${this.clock(now, speech)}
      <div class="row">
        <a class="button" data-test="calendar" href=${this.calendarUrl} download>${calendar}${words.addToCalendar}</a>
        ${this.reminderButton(now, words)}
      </div>
      <p class="small quiet" role="status" data-test="remind-line">${this.reminderLine(words)}</p>
    </section>`;
  }

  private when(startsMs: number, nowMs: number, speech: Speech<Words>): string {
    const { locale, words } = speech;
    return sentenceCase(words.dayAt(dayOf(startsMs, nowMs, locale), timeOf(startsMs, locale)));
  }

  private clock(now: Snapshot, speech: Speech<Words>): TemplateResult {
    const { words } = speech;
    const leftS = this.countdown.look(now.startsMs!, now.serverMs, Date.now());
    if (leftS === 0) return html`<p>${words.startsAnyMoment}</p>`;
    const { days, hours, minutes, seconds } = partsOf(leftS);
    const two = (n: number): string => String(n).padStart(2, "0");
    const parts: readonly (readonly [string, string])[] = [
      ...(days > 0 ? ([[speech.count(days), words.countDays(days)]] as const) : []),
      [two(hours), words.countHours(hours)],
      [two(minutes), words.countMinutes],
      [two(seconds), words.countSeconds],
    ];
    return html`<div class="countdown" role="timer" aria-label=${words.startsIn} data-test="countdown" data-left=${leftS}>
      ${parts.map(([figure, unit]) => html`<span class="part"><b>${figure}</b> <span>${unit}</span></span>`)}
    </div>`;
  }

  private reminderButton(now: Snapshot, words: Words): TemplateResult | typeof nothing {
    const { wish } = this.reminder;
    if (wish === "unsupported") return nothing;
    const isOn = wish === "on";
    const press = (): void =>
      isOn ? this.reminder.turnOff() : void this.reminder.turnOn(now.startsMs, now.serverMs);
    return html`<button
      class="button"
      data-test="remind"
      aria-pressed=${isOn}
      ?disabled=${wish === "asking"}
      @click=${press}
    >
      ${isOn ? tick : bell}${isOn ? words.remindOn : words.remindMe}
    </button>`;
  }

  private reminderLine(words: Words): string {
    switch (this.reminder.wish) {
      case "refused":
        return words.remindRefused;
      case "unsupported":
        return words.remindUnsupported;
      default:
        return words.remindHint;
    }
  }
}
