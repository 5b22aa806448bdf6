"""An hour on the air in a whole house: when it is played, read and summed up after its end; what it costs.

    python bench/record_hour.py [--minutes 60]

A dozen people hold three talks (bench/data, spoken by Debian's espeak-ng, a voice of its own for each),
Maya and Daniel debate between them until the hour is full. Everything is real and in real time: WebRTC into
the stage, captions, recording, transcript beside it. Then the Space is ended and looked at from the outside,
as a listener would. CPU is that of each process from the first word on.
"""

import argparse
import asyncio
import io
import itertools
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from stage_house import Result, report
from stentor.client.local import owner_token, until_ready
from stentor.client.stage_door import StageDoor
from stentor.clock import SteadyClock
from stentor.config import Settings
from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ
from stentor.process import end_tasks
from stentor.rehearsal.opus_file import PACKET_MS, Speech, speech_of
from stentor.rehearsal.voice import Part, Voice
from stentor.sound.opus import Encoder
from stentor.supervise import Supervisor
from word_errors import word_errors

SPACE_ID = "hour"
TALKS = sorted((Path(__file__).parent / "data").glob("talk_*.txt"))
DEBATE = Path(__file__).parents[1] / "src" / "stentor" / "data" / "debate"
Json = dict[str, Any]
VARIANTS = ("m1", "f2", "m3", "f4", "m7", "f5", "m5", "f1", "m4", "f3")
WORDS_PER_MINUTE = 150
GAP_PACKETS = 25
"""Half a second between two turns."""
PATIENCE_S = 300.0
JOIN_S = 30.0
PARTS = ("stage-", "captions", "words", "scribe")


@dataclass(slots=True)
class Script:
    """Who says what when.

    Args:
        said: person → packets by slot of 20 ms.
        truth: person, words; in the order in which they are said.
    """

    slots: int = 0
    said: dict[str, dict[int, bytes]] = field(default_factory=dict)
    truth: list[tuple[str, str]] = field(default_factory=list)

    def add(self, person: str, packets: list[bytes], words: str) -> None:
        self.said.setdefault(person, {}).update(
            {self.slots + index: packet for index, packet in enumerate(packets)}
        )
        self.truth.append((person, words))
        self.slots += len(packets) + GAP_PACKETS

    def speech(self, person: str) -> Speech:
        silence, mine = b"\xf8\xff\xfe", self.said[person]
        return Speech(tuple(mine.get(slot, silence) for slot in range(self.slots)), self.slots + 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    minutes = parser.parse_args().minutes
    report("record_hour", asyncio.run(evening(written(minutes * 60_000 // PACKET_MS), minutes)))


def written(slots: int) -> Script:
    """Three talks with debates between them, cut where the time is over."""
    script, voices = Script(), itertools.cycle(VARIANTS)
    variant: dict[str, str] = {}
    talks = itertools.chain(TALKS, itertools.repeat(None))
    while script.slots < slots:
        debate(script)
        if (talk := next(talks)) is not None:
            for person, words in turns(talk):
                if script.slots >= slots:
                    break
                said = spoken(words, variant.setdefault(person, next(voices)))
                script.add(person, said, words)
    return script


def debate(script: Script) -> None:
    """One round; both speak on one clock, so they are laid side by side."""
    begin, longest = script.slots, 0
    for person in ("maya", "daniel"):
        packets = speech_of(DEBATE / f"{person}.opus").packets
        mine = script.said.setdefault(person, {})
        mine.update({begin + index: packet for index, packet in enumerate(packets)})
        longest = max(longest, len(packets))
    rows = json.loads((DEBATE / "truth.json").read_text())
    script.truth += [(who.lower(), words) for who, *_, words in rows]
    script.slots += longest + GAP_PACKETS


def turns(talk: Path) -> Iterator[tuple[str, str]]:
    for line in talk.read_text().splitlines():
        if line and not line.startswith("#"):
            who, _, words = line.partition(": ")
            yield who.lower().replace(" ", "-"), words


def spoken(words: str, variant: str) -> list[bytes]:
    """Opus packets of 20 ms. Raises: FileNotFoundError: apt install espeak-ng."""
    command = ["espeak-ng", "-v", f"en-us+{variant}", "-s", str(WORDS_PER_MINUTE), "--stdout", words]
    told = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(told)) as file:
        rate_hz = file.getframerate()
        samples = np.frombuffer(file.readframes(-1), np.int16).astype(np.float32) / 32_768
    places = np.arange(0, len(samples), rate_hz / SAMPLE_RATE_HZ)
    wide = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    frames = wide[: len(wide) // OPUS_FRAME_SAMPLES * OPUS_FRAME_SAMPLES].reshape(-1, OPUS_FRAME_SAMPLES)
    encoder = Encoder(bitrate_bps=32_000, complexity=5)
    return [encoder.encode(frame) for frame in frames]


async def evening(script: Script, minutes: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder),
            edge_port=free_port(),
            backstage_port=free_port(),
            end_undo_s=0,
            speakers_max=20,
        )
        supervisor = Supervisor(settings)
        await supervisor.start()
        try:
            await until_ready(settings.stage_door_url, timeout_s=60)
            await until_ready(settings.listen_url, timeout_s=60)
            token = owner_token(settings.data_dir)
            async with StageDoor(settings.stage_door_url, token=token) as door:
                return await on_air(door, settings, script, minutes)
        finally:
            await supervisor.stop()


async def on_air(door: StageDoor, settings: Settings, script: Script, minutes: int) -> list[Result]:
    await door.spaces.create("Buses, a roof and an outage: an hour of talk", space_id=SPACE_ID)
    await door.spaces.move(SPACE_ID, "on_air")
    parts, people, start_ms = [], {}, SteadyClock().wall_ms() + 20_000
    for person in script.said:
        told = await door.invitations.create(SPACE_ID, "speaker", name=person.replace("-", " ").title())
        people[str(told.person)] = person
        invitation = str(told.link).rpartition("/")[2]
        url = f"{settings.stage_door_url}/whip/{SPACE_ID}"
        parts.append(Part(url, invitation, script.speech(person), start_ms))
    voices = [Voice(part, clock=SteadyClock()) for part in parts]
    tasks = [asyncio.create_task(voice.run()) for voice in voices]
    async with asyncio.timeout(JOIN_S):
        await asyncio.gather(*(voice.on_stage.wait() for voice in voices))
    begin_s, before = time.monotonic(), cpu_of_parts()
    end_ms = start_ms + script.slots * PACKET_MS
    await asyncio.sleep((end_ms - SteadyClock().wall_ms()) / 1000 + 1)
    assert all(voice.on_stage.is_set() for voice in voices), "somebody is off the stage"
    used = {part: spent - before.get(part, 0.0) for part, spent in cpu_of_parts().items()}
    lasted_h = (time.monotonic() - begin_s) / 3600
    await end_tasks(*tasks)
    memory = memory_of_parts()
    await door.spaces.move(SPACE_ID, "ended")
    ended_s = time.monotonic()
    base = f"{settings.listen_url}/s/{SPACE_ID}"
    shown_s = await until_there(lambda: fetched(f"{base}/space.json")["has_replay"], ended_s)
    m4a_s = await until_there(lambda: head(f"{base}/record/recording.m4a"), ended_s)
    read_s = await until_there(lambda: fetched(f"{base}/record/transcript.json")["turns"], ended_s)
    brief_s = await until_there(lambda: fetched(f"{base}/record/brief.json")["sections"], ended_s)
    transcript, brief = fetched(f"{base}/record/transcript.json"), fetched(f"{base}/record/brief.json")
    label = f"a Space of {minutes} min, {len(people)} people: the replay plays after its end"
    return [
        (label, shown_s, "s", "≤ 10"),
        ("recording.m4a is there after", m4a_s, "s", "≤ 10"),
        ("the transcript is there after", read_s, "s", ""),
        ("the brief is there after", brief_s, "s", "≤ 120"),
        *((f"CPU of {part.strip('-')} per hour", spent / lasted_h, "s", "") for part, spent in used.items()),
        *((f"memory of {part.strip('-')} at the end", size, "MiB", "") for part, size in memory.items()),
        *of_words(script, transcript, people),
        ("sections of the brief", len(brief["sections"]), "", ""),
        ("lines of its summary", len(brief["summary"]), "", "≤ 7"),
        ("claims in it", len(brief["claims"]), "", ""),
    ]  # fmt: skip


def of_words(script: Script, transcript: Json, people: dict[str, str]) -> list[Result]:
    """Errors by person, and words that stand under somebody who never says such a word."""
    heard: dict[str, list[str]] = {}
    for turn in transcript["turns"]:
        words = [str(word["text"]) for word in turn["words"]]
        heard.setdefault(people[str(turn["person_id"])], []).extend(words)
    wrong = said = 0
    for person in script.said:
        reference = " ".join(words for who, words in script.truth if who == person)
        errors = word_errors(reference, " ".join(heard.get(person, [])))
        wrong, said = wrong + errors.wrong, said + errors.words
    return [
        ("words said", said, "", ""),
        ("words in the transcript", sum(map(len, heard.values())), "", ""),
        ("word error rate of the transcript, synthetic voices", 100 * wrong / said, "%", ""),
    ]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def cpu_of_parts() -> dict[str, float]:
    return {part: sum(sum(p.cpu_times()[:2]) for p in found) for part, found in processes().items()}


def memory_of_parts() -> dict[str, float]:
    return {
        part: sum(p.memory_full_info().uss for p in found) / (1 << 20) for part, found in processes().items()
    }


def processes() -> dict[str, list[psutil.Process]]:
    """The house's processes by what they are; a name is taken by the first part that it fits."""
    found: dict[str, list[psutil.Process]] = {part: [] for part in PARTS}
    for process in psutil.Process().children(recursive=True):
        line = " ".join(process.cmdline())
        name = {
            "stentor.scribe.captions": "captions",
            "stentor.scribe.words": "words",
            "stentor.scribe.main": "scribe",
            "stentor.stage.space_stage": "stage-",
        }
        part = next((part for module, part in name.items() if module in line), None)
        if part is not None:
            found[part].append(process)
    return found


async def until_there(look: Callable[[], object], ended_s: float) -> float:
    """Seconds from the end until `look` finds something."""
    while time.monotonic() - ended_s < PATIENCE_S:
        try:
            if await asyncio.to_thread(look):
                return time.monotonic() - ended_s
        except (urllib.error.URLError, KeyError, TypeError):
            pass
        await asyncio.sleep(0.25)
    raise TimeoutError(f"nothing within {PATIENCE_S:.0f} s")


def fetched(url: str) -> Json:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: Json = json.loads(answer.read())
        return found


def head(url: str) -> bool:
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10) as answer:
        return int(answer.headers["Content-Length"]) > 0


if __name__ == "__main__":
    main()
