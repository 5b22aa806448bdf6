"""One Space's log into one directory of files: the programme's best rungs, voices, ticks, events, counts.

Comes in: the log's messages from where this directory stood, at least once, nearly in order. Goes out:
`programme.<rung>.mp4`, `voice.<person>.svf` and lines, on the disk before the log hears that they are kept.
Never: a hole for a chunk that was only late: the log is asked for it until it is 10 s old.
"""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from stentor.clock import Clock
from stentor.errors import BadInput, LogAway
from stentor.limits import NATS_ACK_TIMEOUT_S
from stentor.log.bus import Bus
from stentor.log.subjects import ChunkName, chunk_subject, number_of
from stentor.scribe.recording.lines_file import LinesFile
from stentor.scribe.recording.programme_file import HOLE_CHUNKS_MAX, Kept, ProgrammeFile
from stentor.scribe.recording.voice_file import VoiceFile
from stentor.space.names import is_space_id, new_id
from stentor.space.rung import BEST_RUNG, Rung
from stentor.space.tick import decoded
from stentor.space.timeline import RECORD_FIRST, Timeline

log = structlog.get_logger()

RECORDED_RUNGS = frozenset(BEST_RUNG.values())
"""The lower rungs are for a crowded line; the shelf has room."""
HOLE_WAIT_MS = int(2 * NATS_ACK_TIMEOUT_S * 1000)
"""The stage's writer asks again after one time-out, while later chunks may pass; two are enough."""
VOICES_MAX = 500
ACTIVITY, EVENTS, COUNTS = "activity.jsonl", "events.jsonl", "counts.jsonl"
LINE = "line"
"""Of a count: the line as it was written; it is hashed byte for byte."""
_PLACE = "place"
_OF_A_TICK = ("n", "full", "speaking", "people")
_ASK_AGAIN_S = 0.5


class Recorder:
    """One Space's recording. Not for two at once: the lease in `main.py` sees to that.

    Args:
        timeline: tells how old a chunk is.
        on_kept: told each subject whose message is on the disk.
    """

    def __init__(
        self,
        bus: Bus,
        space_id: str,
        timeline: Timeline,
        *,
        directory: Path,
        clock: Clock,
        on_kept: Callable[[str], None] = lambda _subject: None,
    ) -> None:
        self._bus = bus
        self._space_id = space_id
        self._timeline = timeline
        self._directory = directory
        self._clock = clock
        self._on_kept = on_kept
        self._programmes: dict[Rung, ProgrammeFile] = {}
        self._voices: dict[str, VoiceFile] = {}
        self._latest_s = clock.monotonic_s()
        self._lines: dict[str, LinesFile] = {}
        self._unsynced: set[ProgrammeFile | VoiceFile | LinesFile] = set()
        self._unsynced_subjects: list[str] = []

        self.kept_count = 0
        """Messages that were new to the directory."""

    @property
    def quiet_s(self) -> float:
        """For how long nothing has come out of the log."""
        return self._clock.monotonic_s() - self._latest_s

    async def run(self) -> None:
        """Records until it is cancelled. Raises: OSError: the disk; what it refused is not acknowledged."""
        place = await asyncio.to_thread(place_of, self._directory)
        try:
            await self._bus.consume(self._space_id, place, self.handle, settle=self.settle)
        finally:
            self.close()

    async def lacks(self) -> int:
        """How many messages of the log are not on the disk yet. Raises: LogAway."""
        place = await asyncio.to_thread(place_of, self._directory)
        return await self._bus.consumer_lacks(self._space_id, place)

    async def handle(self, subject: str, data: bytes, sequence: int = 0) -> None:
        """Writes one message; it is on the disk after `settle`. What is no good is passed over."""
        self._latest_s = self._clock.monotonic_s()
        kind = subject.split(".")[2]
        try:
            if kind == "chunk":
                await self._keep_chunk(subject, data)
            elif kind == "voice":
                await self._keep_voice(subject, data)
            elif kind == "tick":
                self._keep_tick(sequence, decoded(data))
            elif kind == "event":
                self._keep_line(EVENTS, sequence, json.loads(data))
            elif kind == "count":
                self._keep_line(COUNTS, sequence, {LINE: data.decode()})
        except (BadInput, ValueError) as error:
            # ValueError: a subject whose last token is no number, a rung that this version does not know, a
            # line that is not JSON.
            log.warning("message not recorded", space=self._space_id, kind=kind, error=str(error))
        else:
            self._unsynced_subjects.append(subject)

    async def settle(self) -> None:
        """Everything written so far is on the disk when this returns. Raises: OSError: it is not."""
        while self._unsynced:
            file = self._unsynced.pop()
            try:
                await asyncio.to_thread(file.sync)
            except OSError:
                self._unsynced.add(file)
                raise
        subjects, self._unsynced_subjects = self._unsynced_subjects, []
        for subject in subjects:
            self._on_kept(subject)

    def close(self) -> None:
        """Gives the files back. Nothing is lost: what was not settled was not acknowledged either."""
        for programme in self._programmes.values():
            programme.close()
        for voice in self._voices.values():
            voice.close()
        for lines in self._lines.values():
            lines.close()
        self._lines.clear()
        self._unsynced.clear()
        self._programmes.clear()
        self._voices.clear()

    async def _keep_chunk(self, subject: str, data: bytes) -> None:
        name = ChunkName.parse(subject)
        if name.rung not in RECORDED_RUNGS:
            return
        file = self._programmes.get(name.rung)
        if file is None:
            file = self._programmes[name.rung] = ProgrammeFile.open(self._directory, name.rung)
            self._note_torn(f"programme.{name.rung.value}", file.torn_bytes)
        for missing in range(file.next_number, min(name.number, file.next_number + HOLE_CHUNKS_MAX)):
            late = await self._late(name.rung, missing, seen=name.number)
            if late is not None:
                file.append(missing, late)
        if file.append(name.number, data) is Kept.WRITTEN:
            self._unsynced.add(file)
            self.kept_count += 1

    async def _keep_voice(self, subject: str, data: bytes) -> None:
        person_id, number = subject.split(".")[3], number_of(subject)
        file = self._voices.get(person_id)
        if file is None:
            # The id becomes part of a file's name.
            if not is_space_id(person_id) or len(self._voices) >= VOICES_MAX:
                raise BadInput(f"A voice of {person_id[:60]!r} has no place: {VOICES_MAX} voices at most.")
            file = self._voices[person_id] = VoiceFile.open(self._directory, person_id)
            self._note_torn("a voice", file.torn_bytes)
        if file.append(number, data):
            self._unsynced.add(file)
            self.kept_count += 1

    def _keep_tick(self, sequence: int, tick: dict[str, Any]) -> None:
        """What of it says who was heard; captions are words and stay out."""
        if tick["n"] >= RECORD_FIRST:
            self._keep_line(ACTIVITY, sequence, {name: tick[name] for name in _OF_A_TICK if name in tick})

    def _keep_line(self, name: str, sequence: int, facts: dict[str, Any]) -> None:
        file = self._lines.get(name)
        if file is None:
            file = self._lines[name] = LinesFile.open(self._directory / name)
            self._note_torn(name, file.torn_bytes)
        if file.append(sequence, facts):
            self._unsynced.add(file)
            self.kept_count += 1

    async def _late(self, rung: Rung, number: int, *, seen: int) -> bytes | None:
        """A chunk that `seen` has overtaken; None: it is a hole.

        Bounds: asks twice a second until `seen` is 10 s old, at once only in an old log; for as long as it
            takes while the log is away.
        """
        wait_until_ms = self._timeline.wall_ms_of(seen + 1) + HOLE_WAIT_MS
        while True:
            try:
                data = await self._bus.fetch(self._space_id, chunk_subject(self._space_id, rung, number))
            except LogAway:
                await asyncio.sleep(_ASK_AGAIN_S)
                continue
            if data is not None or self._clock.wall_ms() >= wait_until_ms:
                return data
            await asyncio.sleep(_ASK_AGAIN_S)

    def _note_torn(self, what: str, torn_bytes: int) -> None:
        if torn_bytes:
            log.warning("a torn write was cut off", space=self._space_id, file=what, torn_bytes=torn_bytes)


def is_begun(directory: Path) -> bool:
    """Whether there is a recorder's work in it."""
    return (directory / _PLACE).exists()


def place_of(directory: Path) -> str:
    """The name of the place in the log up to which this directory has everything; made with the directory.

    It is the directory's own: a scribe of another machine, whose disk has nothing, reads from the start.
    """
    path = directory / _PLACE
    try:
        return path.read_text()
    except FileNotFoundError:
        directory.mkdir(parents=True, exist_ok=True)
    fresh, name = path.with_suffix(".new"), f"scribe-{new_id()}"
    with fresh.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return name
