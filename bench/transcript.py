"""The transcript: whose words they are, with and without bleed; what an hour costs; what is left at its end.

    python bench/transcript.py [--minutes 60]

Attribution: the debate's voices, clean and with 20 % of each other in them, by the real engine; a word is
wrong when it stands in the turn of somebody who was silent. Cost: a Space of Maya, Daniel and a third, human
voice is heard behind its recording, up to what is settled; then the Space is over, and the rest, the texts
and the brief are made. Nothing is waited for in real time: what costs less than its own length keeps up.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np

import prompts
from recognition import DEBATE, SETTINGS, recogniser
from stage_house import Result, report
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.limits import CHUNK_MS, OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.process import give_way
from stentor.record.recording import Recording, Wishes
from stentor.record.transcript import Transcript, Turn
from stentor.rehearsal.opus_file import speech_of
from stentor.scribe.recording.voice_file import VoiceFile
from stentor.scribe.speech import engines
from stentor.scribe.speech.activity import FRAME_MS, FRAME_SAMPLES, VoiceActivity, loaded
from stentor.scribe.speech.cutting import spans_of
from stentor.scribe.speech.decoding import heard
from stentor.scribe.speech.port import Samples
from stentor.scribe.speech.weights import SILERO_VAD
from stentor.scribe.words.ear import TRANSCRIPT_RULE
from stentor.scribe.words.editor import Editor
from stentor.scribe.words.listening import FOLDER, Listening
from stentor.scribe.words.minds import briefers
from stentor.scribe.words.spoken import FILE, spoken, spoken_in
from stentor.scribe.words.turns import turns_of
from stentor.shelf.store import Shelf
from stentor.sound.opus import Encoder
from stentor.space.timeline import RECORD_FIRST, Timeline

BLEED = 0.2
MODEL = "whisper-tiny.en"
_NEAR_MS = 300
"""Engines place a word's ends loosely; what lies so near to a speaker's turn is theirs."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    arguments = parser.parse_args()
    give_way(nice=10)
    results = [*attribution(0.0), *attribution(BLEED), *asyncio.run(hour(arguments.minutes))]
    report("transcript", results)


def attribution(bleed: float) -> list[Result]:
    engine, activity = recogniser(MODEL), loaded(engines.model_folder(SILERO_VAD, SETTINGS))
    voices = {name: sound(name) for name in ("maya", "daniel")}
    found = []
    for name, others in (("maya", "daniel"), ("daniel", "maya")):
        mixed = (voices[name] + bleed * voices[others]).astype(np.float32)
        for span in spans_of(VoiceActivity(activity).feed(mixed), TRANSCRIPT_RULE):
            part = mixed[span.first * FRAME_SAMPLES : (span.last + 1) * FRAME_SAMPLES]
            start_ms = span.first * FRAME_MS
            text = engine.recognise(part)
            found.append(spoken(text, part, person_id=name, start_ms=start_ms, is_cut=False))
    turns = turns_of(found)
    words = sum(len(turn.words) for turn in turns)
    said = [text for *_, text in json.loads((DEBATE / "truth.json").read_text())]
    label = f"debate, {bleed:.0%} of the other voice in each"
    return [
        (f"{label}: words in the wrong mouth", misplaced(turns), "words", "0" if not bleed else ""),
        (f"{label}: words in all (said: {sum(len(text.split()) for text in said)})", words, "words", ""),
        (f"{label}: turns (said: {len(said)}, one of them «Mm hmm»)", len(turns), "turns", ""),
    ]


def misplaced(turns: tuple[Turn, ...]) -> int:
    """Words whose middle lies in no turn of the one who is said to have said them.

    Where both spoke at once (the back-channel, 1.6 s) this sees no error.
    """
    truth = [
        (who.lower(), start_s * 1000 - _NEAR_MS, end_s * 1000 + _NEAR_MS)
        for who, start_s, end_s, _ in json.loads((DEBATE / "truth.json").read_text())
    ]
    return sum(
        not any(
            who == turn.person_id and begin <= (word.start_ms + word.end_ms) / 2 <= end
            for who, begin, end in truth
        )
        for turn in turns
        for word in turn.words
    )


async def hour(minutes: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as place:
        folder, shelf = Path(place) / "recording", Shelf.open(Path(place) / "shelf").of("hour")
        chunks = minutes * 60_000 // CHUNK_MS
        put_voices(folder, chunks)
        end_ms = Timeline(0).wall_ms_of(RECORD_FIRST + chunks)
        activity = loaded(engines.model_folder(SILERO_VAD, SETTINGS))
        listening = Listening(folder, Timeline(0), engine=recogniser(MODEL), activity=activity)
        along_s = hear(listening, end_ms, is_over=False)
        begin_s, begin_cpu_s = time.monotonic(), time.process_time()
        hear(listening, end_ms, is_over=True)
        listening.close()
        names = {"maya": "Maya", "daniel": "Daniel", "ana": "Ana"}
        turns = turns_of(one for one in spoken_in(folder / FOLDER / FILE) if one.words)
        editor = Editor(shelf, title="An hour", description="", briefers=briefers(SETTINGS))
        await editor.keep_first(Transcript(1, "en", MODEL, names, turns))
        published = await editor.publish(
            Recording("hour", wishes=Wishes(transcript=1)), language="en", wall_ms=0
        )
        assert published.is_new_brief
        left_s, left_cpu_s = time.monotonic() - begin_s, time.process_time() - begin_cpu_s
    words = sum(len(turn.words) for turn in turns)
    label = f"a Space of {minutes} min, three voices, {words} words"
    return [
        (f"{label}: CPU while it runs, per minute of it", along_s / minutes, "s", "< 60"),
        (f"{label}: from its end to transcript, texts and brief", left_s, "s", "< 120"),
        (f"{label}: CPU from its end", left_cpu_s, "s", ""),
    ]


def hear(listening: Listening, wall_ms: int, *, is_over: bool) -> float:
    """Returns: CPU seconds."""
    begin_s = time.process_time()
    while listening.step(wall_ms=wall_ms, is_over=is_over):
        pass
    return time.process_time() - begin_s


def put_voices(folder: Path, chunks: int) -> None:
    """Two voices that debate, and a third that reads between their rounds."""
    folder.mkdir()
    debate = {name: speech_of(DEBATE / f"{name}.opus").packets for name in ("maya", "daniel")}
    length = max(map(len, debate.values()))
    files = {name: VoiceFile.open(folder, name) for name in (*debate, "ana")}
    reading = cycle(read_aloud())
    slots = chunks * OPUS_FRAMES_PER_CHUNK
    packets: dict[str, list[tuple[int, bytes]]] = {name: [] for name in files}
    at = 0
    while at < slots:
        for name, said in debate.items():
            packets[name] += ((at + index, packet) for index, packet in enumerate(said))
        at += length
        for _ in range(12):  # about a minute and a half of the third voice
            part = next(reading)
            packets["ana"] += ((at + index, packet) for index, packet in enumerate(part))
            at += len(part) + 40
    for name, found in packets.items():
        by_chunk: dict[int, list[VoicePacket]] = {}
        for slot, packet in found:
            if slot < slots:
                number, place = divmod(slot, OPUS_FRAMES_PER_CHUNK)
                by_chunk.setdefault(number, []).append(VoicePacket(place * OPUS_FRAME_SAMPLES, packet))
        for number, inside in by_chunk.items():
            files[name].append(RECORD_FIRST + number, voice_bytes(inside))
        files[name].close()


def read_aloud() -> Iterator[list[bytes]]:
    """The human prompts as Opus packets of 20 ms."""
    for samples, _ in prompts.prompts():
        wide = np.interp(np.arange(len(samples) * 3) / 3, np.arange(len(samples)), samples)
        frames = wide[: len(wide) // OPUS_FRAME_SAMPLES * OPUS_FRAME_SAMPLES].reshape(-1, OPUS_FRAME_SAMPLES)
        encoder = Encoder(bitrate_bps=32_000, complexity=5)
        yield [encoder.encode(frame.astype(np.float32)) for frame in frames]


def sound(name: str) -> Samples:
    packets = speech_of(DEBATE / f"{name}.opus").packets
    starts = range(0, len(packets) - OPUS_FRAMES_PER_CHUNK, OPUS_FRAMES_PER_CHUNK)
    chunks = (
        (
            number,
            [
                VoicePacket(at * OPUS_FRAME_SAMPLES, packet)
                for at, packet in enumerate(packets[start : start + OPUS_FRAMES_PER_CHUNK])
            ],
        )
        for number, start in enumerate(starts)
    )
    whole = np.concatenate([samples for _, samples in heard(chunks)])
    return whole[: 142 * 10_240]


if __name__ == "__main__":
    main()
