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
import type { Person, Tick } from "../player/tick";
import { Captions, linesOf, type CaptionLine } from "../ui/captions";
import { download } from "../ui/replay-icons";
import { dock } from "./dock";
import { Ear, type Map } from "./ear";
import { deedOf, type Deed } from "./keys";
import { keysHelp } from "./keys-help";
import { lastBegun, speakingAt } from "./lanes";
import { Library } from "./library";
import { RecordLockScreen } from "./lock-screen";
import { momentIn } from "./moment";
import { rateAfter } from "./rates";
import { Reader } from "./reader";
import { RecordDoor, type Chapter } from "./record";
import { ReplaySound } from "./sound";
import { tabs, tabsOf, type Tab } from "./tabs";
import { Taken } from "./taken";
import { taking } from "./taking";
import { voices } from "./voices";
import "./replay.css";

const JUMP_S = 15;
/** A sealed record knows who was heard, not how loud: rings of an even voice. */
const EVEN_DB = -22;

export class Replay {
  private readonly library: Library;
  private readonly door: RecordDoor;
  private readonly reader: Reader;
  private readonly captions: Captions;
  private readonly taken: Taken;
  private readonly lockScreen: RecordLockScreen;
  private readonly stopping = new AbortController();
  private ear: Ear;
  private tab: Tab | null = null;
  /** The transcript that the reader has. */
  private read: Library["transcript"] = null;
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
    // Who goes back while it is live is still among the audience: what they chose there holds.
    this.captions = new Captions(redraw, isSealed ? "replay" : "live");
    this.taken = new Taken(() => this.ear, redraw);
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
    // Whoever comes back to this page is shown no words of somebody who was taken out meanwhile.
    document.addEventListener("visibilitychange", () => this.isSealed && !document.hidden && void this.library.open(), { signal });
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
    return { state, positionS, durationS, isPlaying, rate, skipsSilence, tab: this.tab, speaking: Object.keys(this.speaking()), clip: this.taken.clip, library: this.library.state };
  }

  /** Between the title and the dock. */
  middle(now: Snapshot, speech: Speech<Words>): TemplateResult {
    const mine = this.speak(speech);
    const { words } = mine;
    if (this.isGone) return this.gone(speech.words.others, words);
    return html`<div class="replay" data-test="replay">
      ${voices({ people: this.people(now), speaking: this.speaking(), lanes: this.library.lanes, words, turn: (lane, by) => this.ear.turn(lane, by) })}
      ${this.isSealed ? this.recordParts(mine) : this.soFar(mine)}
    </div>`;
  }

  /** At the thumb. */
  dock(now: Snapshot, page: Speech<Words>): TemplateResult | typeof nothing {
    if (this.isGone) return nothing;
    const people = this.people(now);
    const chapter = this.chapter?.title ?? "";
    this.showOnLockScreen(now.title, people, chapter);
    return dock({
      ear: this.ear,
      library: this.library,
      taken: this.taken,
      captions: this.captions,
      people,
      chapters: this.chapters,
      chapter,
      isSealed: this.isSealed,
      lines: this.captionLines(),
      page,
      speech: this.speak(page),
      do: (deed) => this.do(deed),
      toLive: this.toLive,
    });
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
        taken: this.taken,
        speech,
        base: `/s/${this.name}`,
        address: (file) => this.door.address(file),
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
      ${keysHelp(speech)}`;
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
    const map = (): Map => ({ chapters: this.chapters, pauses: this.library.pauses });
    return new Ear(sound, map, () => this.redraw());
  }

  /** The list came, or the words did. */
  private learned(): void {
    const { recording, transcript, brief } = this.library;
    const isBack = this.library.state === "here" && this.ear.sound.state === "gone";
    if (recording && (isBack || this.ear.sound.lengthS !== recording.durationMs / 1000)) this.changeSound(recording.durationMs / 1000);
    if (transcript !== this.read) this.reader.take((this.read = transcript));
    this.tab ??= brief ? "brief" : recording && !this.library.isAwaiting ? tabsOf(this.library)[0]! : transcript ? "transcript" : null;
    this.redraw();
  }

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

  /** While it is still on the air: who was on stage then. */
  private people(now: Snapshot): readonly Person[] {
    const listed = this.library.recording?.people;
    if (listed) return listed.map(({ id, name, role }) => ({ id, name, role: role as Person["role"], muted: false }));
    return this.tick?.people ?? now.people;
  }

  /** Levels. While nothing comes out of the speaker nobody is shown as speaking. */
  private speaking(): Readonly<Record<string, number>> {
    if (this.ear.sound.state !== "playing") return {};
    if (!this.isSealed) return this.tick?.speaking ?? {};
    return Object.fromEntries(speakingAt(this.library.lanes, this.ear.positionMs).map((person) => [person, EVEN_DB]));
  }

  /** Of the chunk that is heard. */
  private get tick(): Tick | null {
    return this.isSealed ? null : this.ear.sound.ticks.at(this.ear.positionS);
  }

  /** @returns null: neither transcript nor captions are known here. */
  private captionLines(): readonly CaptionLine[] | null {
    const { tick } = this;
    if (tick?.captions) return linesOf(tick.captions, tick.people ?? []);
    if (!this.library.transcript) return null;
    const said = this.reader.sentenceAt(this.ear.positionMs);
    return said ? [{ ...said, isFinal: true }] : [];
  }

  private showOnLockScreen(title: string, people: readonly Person[], chapter: string): void {
    const { sound, positionS, rate } = this.ear;
    if (sound.state === "idle") return;
    const artist = people.map(({ name }) => name).join(", ");
    this.lockScreen.show({ title, artist, chapter, isPlaying: sound.isPlaying, positionS, durationS: sound.durationS, rate });
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
        return this.taken.say(this.ear.skipsSilence ? this.speech!.words.replaySilenceOn : this.speech!.words.replaySilenceOff);
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

  private goToAddress(): void {
    const moment = momentIn(location.hash);
    if (moment) this.ear.go(moment);
  }
}
