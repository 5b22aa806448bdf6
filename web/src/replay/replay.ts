/**
 * The replay on the listener's page: after the end from the shelf, while it is on the air from the list that grows.
 *
 * It has two places on the page, `middle` and `dock`; the page calls both at each drawing, and `drawn` after it.
 */
import { html, nothing, type TemplateResult } from "lit";
import { busyAt } from "../host/keys";
import type { Speech } from "../i18n/language";
import type { Words } from "../i18n/listen";
import { replaySpeech, type ReplaySpeech } from "../i18n/replay";
import type { Snapshot } from "../player/player";
import type { Person } from "../player/tick";
import { Captions } from "../ui/captions";
import { lasted } from "../ui/lasting";
import { download, next, previous } from "../ui/replay-icons";
import { stage } from "../ui/stage";
import { bar } from "./bar";
import { clipAround, momentOf, moved, type Clip } from "./clip";
import { Ear } from "./ear";
import { deedOf, KEYS, type Deed } from "./keys";
import { lastBegun, speakingAt } from "./lanes";
import { Library } from "./library";
import { RecordLockScreen } from "./lock-screen";
import { momentIn, type Moment } from "./moment";
import { rateAfter } from "./rates";
import { Reader } from "./reader";
import { RecordDoor, type Chapter } from "./record";
import { ReplaySound } from "./sound";
import { tabs, tabsOf, type Tab } from "./tabs";
import { addressOf, shared, taking } from "./taking";
import { transport } from "./transport";
import "./replay.css";

const JUMP_S = 15;
const NOTE_MS = 6_000;
/** The record knows who was heard, not how loud: rings of an even voice. */
const EVEN_DB = -22;

export class Replay {
  private readonly library: Library;
  private readonly door: RecordDoor;
  private readonly reader: Reader;
  private readonly captions: Captions;
  private readonly lockScreen: RecordLockScreen;
  private readonly stopping = new AbortController();
  private ear: Ear;
  private tab: Tab | null = null;
  private clip: Clip | null = null;
  private isDownloading = false;
  private note = "";
  private noteTimer: ReturnType<typeof setTimeout> | undefined;
  private speech: ReplaySpeech | null = null;

  /**
   * @param name of the Space, as in its link. @param isSealed from the shelf; else it still runs.
   * @param toLive what "back to live" does.
   */
  constructor(
    private readonly name: string,
    private isSealed: boolean,
    private readonly redraw: () => void,
    private readonly toLive: () => void,
  ) {
    this.door = new RecordDoor(name, () => "");
    this.library = new Library(this.door, () => this.learned());
    this.reader = new Reader(redraw, (atMs) => this.ear.playFrom(atMs));
    this.captions = new Captions(redraw, "replay");
    this.ear = this.newEar(null);
    this.lockScreen = new RecordLockScreen({
      play: () => this.ear.play(),
      pause: () => this.ear.pause(),
      jump: (byS) => this.ear.jump(byS),
      seek: (toS) => this.ear.seek(toS),
      chapter: (by) => this.ear.chapter(by),
    });
    const { signal } = this.stopping;
    window.addEventListener("keydown", (event) => this.pressed(event), { signal });
    window.addEventListener("hashchange", () => this.goToAddress(), { signal });
    if (isSealed) void this.library.open();
    this.goToAddress();
  }

  /** Must be called inside the listener's gesture. */
  play(): void {
    this.ear.play();
  }

  /** The talk that was rewound is over and on the shelf: the same moment, with everything that is known of it now. */
  seal(): void {
    if (this.isSealed) return;
    this.isSealed = true;
    void this.library.open();
  }

  close(): void {
    this.stopping.abort();
    this.library.close();
    this.ear.close();
    this.reader.close();
    this.lockScreen.close();
  }

  forTests(): Record<string, unknown> {
    const { state, durationS, isPlaying } = this.ear.sound;
    const { positionS, rate, skipsSilence } = this.ear;
    return { state, positionS, durationS, isPlaying, rate, skipsSilence, tab: this.tab, speaking: this.speaking(), clip: this.clip, library: this.library.state };
  }

  /** Between the title and the dock. */
  middle(now: Snapshot, speech: Speech<Words>): TemplateResult {
    const mine = this.speak(speech);
    const { words } = mine;
    if (this.isGone) return this.gone(speech.words.others, words);
    const people = this.people(now);
    const lanes = new Map(this.library.lanes.map((lane) => [lane.person, lane]));
    const speaking = Object.fromEntries(this.speaking().map((person) => [person, EVEN_DB]));
    const below = ({ id, name }: Person): TemplateResult => {
      const lane = lanes.get(id);
      if (!lane || lane.turns.length === 0) return html``;
      return html`<span class="turn-jumps">
        <button class="round" data-test="turn-before" aria-label=${words.turnBefore(name)} @click=${() => this.ear.turn(lane, -1)}>${previous}</button>
        <span class="small quiet" title=${words.turnTotal(lasted(lane.totalMs))}>${lasted(lane.totalMs)}</span>
        <button class="round" data-test="turn-after" aria-label=${words.turnAfter(name)} @click=${() => this.ear.turn(lane, 1)}>${next}</button>
      </span>`;
    };
    return html`<div class="replay" data-test="replay">
      ${stage({ people, speaking, below }, words)} ${this.isSealed ? this.recordParts(mine) : this.soFar(mine)}
    </div>`;
  }

  /** At the thumb. */
  dock(now: Snapshot, speech: Speech<Words>): TemplateResult | typeof nothing {
    const mine = this.speak(speech);
    const { words } = mine;
    if (this.isGone) return nothing;
    const { sound, rate, skipsSilence } = this.ear;
    const chapter = this.chapter?.title ?? "";
    this.showOnLockScreen(now, chapter);
    const { durationS } = sound;
    const { positionS } = this.ear;
    const right = this.isSealed ? lasted(durationS * 1000) : words.rewindBehind(lasted((durationS - positionS) * 1000));
    return html`<div class="dock replay-dock" data-tone=${sound.state}>
      ${this.captions.render(this.captionLines(), speech.words)}
      <p class="replay-trouble" role="status" data-test="replay-state">${this.trouble(words)}</p>
      ${this.isSealed
        ? nothing
        : html`<p class="rewound"><span class="tag">${words.rewindTag}</span><button class="button" data-test="to-live" @click=${this.toLive}>${words.rewindLive}</button></p>`}
      ${bar({
        positionS,
        durationS,
        lanes: this.library.lanes,
        names: Object.fromEntries(this.people(now).map(({ id, name }) => [id, name])),
        chapters: this.chapters,
        chapter,
        clip: this.clip,
        words,
        scrub: (toS) => this.ear.scrub(toS),
        seek: (toS) => this.ear.seek(toS),
        moveEnd: (handle, toS) => this.moveEnd(handle, toS),
      })}
      <p class="times"><span data-test="position">${lasted(positionS * 1000)}</span><span class="now-chapter">${chapter}</span><span>${right}</span></p>
      <div class="controls">
        ${transport({
          isPlaying: sound.isPlaying,
          rate,
          skipsSilence,
          hasChapters: this.chapters.length > 1,
          knowsSilence: this.library.pauses.length > 0,
          speech: mine,
          do: (deed) => this.do(deed),
          setRate: (one) => (this.ear.rate = one),
        })}
        ${this.library.transcript ? this.captions.menu(speech.words) : nothing}
      </div>
    </div>`;
  }

  /** Called after each drawing. */
  drawn(root: HTMLElement): void {
    if (this.tab === "transcript") this.reader.look(root, this.ear.positionMs, this.ear.sound.isPlaying);
  }

  private recordParts(speech: ReplaySpeech): TemplateResult {
    const { recording } = this.library;
    if (!recording) return html`<p class="quiet">${speech.words.stateLoading}</p>`;
    return html`${taking({
        files: recording.files,
        clip: this.clip,
        note: this.note,
        speech,
        base: `/s/${this.name}`,
        address: (file) => this.door.address(file),
        shareNow: () => void this.share({ fromS: this.ear.positionS, toS: null }),
        shareClip: (clip) => void this.share(momentOf(clip)),
        isDownloading: this.isDownloading,
        toggleClip: () => this.setClip(this.clip ? null : clipAround(this.ear.positionS, this.ear.sound.durationS)),
        toggleDownloads: () => this.toggleDownloads(),
        moveEnd: (handle) => this.moveEnd(handle, this.ear.positionS),
        listenTo: (clip) => this.playRange(momentOf(clip)),
      })}
      ${tabs({
        library: this.library,
        reader: this.reader,
        tab: this.tab ?? "transcript",
        chapter: this.chapter,
        speech,
        address: (file) => this.door.address(file),
        choose: (tab) => this.choose(tab),
        speak: (language) => void this.library.speak(language),
        playFrom: (atMs) => this.ear.playFrom(atMs),
      })}
      ${keyboardHelp(speech)}`;
  }

  private gone(others: string, words: ReplaySpeech["words"]): TemplateResult {
    return html`<section class="after">
      <p role="status" data-test="replay-gone">${words.replayGone}</p>
      <p><a class="button" href="/">${others}</a></p>
    </section>`;
  }

  private soFar({ words }: ReplaySpeech): TemplateResult {
    return html`<p><a class="button" data-test="so-far" href=${`/s/${this.name}/record/so-far.mp4`} download>${download}${words.soFarFile}</a></p>`;
  }

  private speak(speech: Speech<Words>): ReplaySpeech {
    if (this.speech?.language !== speech.language) this.speech = replaySpeech(speech);
    return this.speech!;
  }

  private newEar(lengthS: number | null): Ear {
    const sound = new ReplaySound(this.name, lengthS, () => this.redraw());
    sound.relisted = () => void (this.isSealed && this.library.open());
    const map = (): { chapters: readonly Chapter[]; pauses: Library["pauses"] } => ({ chapters: this.chapters, pauses: this.library.pauses });
    return new Ear(sound, map, () => this.redraw());
  }

  /** The list came, or the words did. */
  private learned(): void {
    const { recording, transcript, brief } = this.library;
    if (recording && this.ear.sound.lengthS !== recording.durationMs / 1000) this.changeSound(recording.durationMs / 1000);
    if (transcript !== this.read) this.reader.take((this.read = transcript));
    this.tab ??= brief ? "brief" : recording && !this.library.isAwaiting ? tabsOf(this.library)[0]! : transcript ? "transcript" : null;
    this.redraw();
  }

  private read: Library["transcript"] = null;

  /** The record's own list has another end and other names; the ear stays where it is. */
  private changeSound(lengthS: number): void {
    const before = this.ear;
    const { positionS, rate, skipsSilence } = before;
    const wasPlaying = before.sound.isPlaying;
    this.ear = this.newEar(lengthS);
    this.ear.skipsSilence = skipsSilence;
    this.ear.rate = rate;
    this.ear.go({ fromS: positionS, toS: before.until });
    before.close();
    if (wasPlaying) this.ear.play();
  }

  private get isGone(): boolean {
    return this.library.state === "gone" || this.ear.sound.state === "gone";
  }

  private get chapters(): readonly Chapter[] {
    return this.library.recording?.chapters ?? [];
  }

  private get chapter(): Chapter | null {
    return this.chapters[lastBegun(this.chapters, this.ear.positionMs, ({ startMs }) => startMs)] ?? null;
  }

  private people(now: Snapshot): readonly Person[] {
    const listed = this.library.recording?.people;
    return listed ? listed.map(({ id, name, role }) => ({ id, name, role: role as Person["role"], muted: false })) : now.people;
  }

  /** While nothing comes out of the speaker nobody is shown as speaking. */
  private speaking(): readonly string[] {
    return this.ear.sound.state === "playing" ? speakingAt(this.library.lanes, this.ear.positionMs) : [];
  }

  private captionLines(): { id: string; name: string; text: string; isFinal: boolean }[] {
    const said = this.reader.sentenceAt(this.ear.positionMs);
    return said ? [{ ...said, isFinal: true }] : [];
  }

  private trouble(words: ReplaySpeech["words"]): string {
    switch (this.ear.sound.state) {
      case "opening":
        return words.replayOpening;
      case "waiting":
        return words.replayWaiting;
      case "lost":
        return words.replayLost;
      case "broken":
        return words.replayBroken;
      default:
        return "";
    }
  }

  private showOnLockScreen(now: Snapshot, chapter: string): void {
    const { sound, positionS, rate } = this.ear;
    if (sound.state === "idle") return;
    const artist = this.people(now).map(({ name }) => name).join(", ");
    this.lockScreen.show({ title: now.title, artist, chapter, isPlaying: sound.isPlaying, positionS, durationS: sound.durationS, rate });
  }

  private do(deed: Deed): void {
    switch (deed) {
      case "play":
        return this.ear.toggle();
      case "back":
        return this.ear.jump(-JUMP_S);
      case "ahead":
        return this.ear.jump(JUMP_S);
      case "next_chapter":
        return this.ear.chapter(1);
      case "previous_chapter":
        return this.ear.chapter(-1);
      case "captions":
        return this.captions.toggle();
      case "silence":
        this.ear.skipsSilence = !this.ear.skipsSilence;
        return this.say(this.ear.skipsSilence ? this.speech!.words.replaySilenceOn : this.speech!.words.replaySilenceOff);
      case "search":
        this.choose("transcript");
        return void requestAnimationFrame(() => this.reader.focusSearch());
      case "slower":
        this.ear.rate = rateAfter(this.ear.rate, -1);
        return;
      case "faster":
        this.ear.rate = rateAfter(this.ear.rate, 1);
        return;
    }
  }

  private pressed(event: KeyboardEvent): void {
    const deed = event.defaultPrevented ? null : deedOf(event, busyAt(event.target as Element | null));
    if (deed === null || this.isGone || (deed === "search" && !this.library.transcript)) return;
    event.preventDefault();
    this.do(deed);
  }

  private choose(tab: Tab): void {
    if (tab !== "transcript") this.reader.rest();
    this.tab = tab;
    this.redraw();
  }

  private setClip(clip: Clip | null): void {
    if (clip) this.isDownloading = false;
    if (clip && !this.clip) this.showTaken();
    this.clip = clip;
    this.redraw();
  }

  private toggleDownloads(): void {
    this.isDownloading = !this.isDownloading;
    this.clip = null;
    if (this.isDownloading) this.showTaken();
    this.redraw();
  }

  /** What has just been opened may lie below the dock. */
  private showTaken(): void {
    requestAnimationFrame(() => document.querySelector(".taken")?.scrollIntoView({ block: "nearest" }));
  }

  private moveEnd(handle: "from" | "to", toS: number): void {
    if (this.clip) this.setClip(moved(this.clip, handle, toS, this.ear.sound.durationS));
  }

  private playRange(moment: Moment): void {
    this.ear.go(moment);
    this.ear.play();
  }

  private goToAddress(): void {
    const moment = momentIn(location.hash);
    if (moment) this.ear.go(moment);
  }

  private async share(moment: Moment): Promise<void> {
    const outcome = await shared(moment, document.title);
    const { words } = this.speech!;
    if (outcome === "copied") this.say(words.shareCopied(lasted(moment.fromS * 1000)));
    else if (outcome === "refused") this.say(`${words.shareLink}: ${addressOf(moment)}`, null);
  }

  /** @param forMs null: until the next note. */
  private say(note: string, forMs: number | null = NOTE_MS): void {
    clearTimeout(this.noteTimer);
    this.note = note;
    if (forMs !== null) this.noteTimer = setTimeout(() => this.say("", null), forMs);
    this.redraw();
  }
}

function keyboardHelp({ words }: ReplaySpeech): TemplateResult {
  const names: Readonly<Record<string, string>> = { " ": words.keySpace, arrowleft: "←", arrowright: "→" };
  const all: Readonly<Record<string, unknown>> = words;
  return html`<details class="more keys">
    <summary>${words.replayKeys}</summary>
    <dl>
      ${Object.entries(KEYS).map(([key, deed]) => html`<div><dt><kbd>${names[key] ?? key}</kbd></dt><dd>${all[`deed_${deed}`]}</dd></div>`)}
    </dl>
  </details>`;
}
