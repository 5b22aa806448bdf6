"""One Space's voices become utterances, behind its recording and at its pace.

Comes in: the growing `voice.<person>.svf` of the working folder. Goes out: `words/heard.jsonl`. Never: a
chunk that is younger than what the recorder waits for late ones, while the Space runs; more than one
utterance and some seconds of packets in memory per voice.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from stentor.errors import BadInput, EngineFailed
from stentor.formats.voice import voice_packets
from stentor.scribe.recording.recorder import HOLE_WAIT_MS
from stentor.scribe.recording.voice_file import voices_from
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import Heard, Recogniser
from stentor.scribe.words.ear import Ear, Sound
from stentor.scribe.words.spoken import FILE, SpokenFile, spoken
from stentor.space.timeline import Timeline

log = structlog.get_logger()

FOLDER: Final = "words"
SETTLED_MS: Final = HOLE_WAIT_MS + 2_000
_WAITING_CHUNKS_MAX: Final = 64
_STEP_CHUNKS: Final = 32
"""20 s of a voice at a time, 0.2 s of a core; then another voice may be the one that waits longest."""


@dataclass(slots=True)
class _Voice:
    """One person's file, read up to `at`.

    Args:
        waiting: records that were read and not heard yet, by number.
    """

    person_id: str
    path: Path
    ear: Ear
    at: int = 0
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)


class Listening:
    """One Space. `step` blocks a core for an utterance's recognition at most: call it in a thread, one at a
    time.

    Args:
        folder: the Space's working folder.
        hints: names and titles.
    """

    def __init__(
        self,
        folder: Path,
        timeline: Timeline,
        *,
        engine: Recogniser,
        activity: Model,
        hints: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._timeline = timeline
        self._engine = engine
        self._activity = activity
        self._hints = tuple(hints)
        self._voices: dict[str, _Voice] = {}
        self._file = SpokenFile(folder / FOLDER / FILE)

    @property
    def engine(self) -> str:
        return self._engine.name

    def oldest_ms(self) -> int | None:
        """When that was said which waits longest, wall time; None: nothing waits."""
        waiting = [voice.waiting[0][0] for voice in self._voices.values() if voice.waiting]
        return self._timeline.wall_ms_of(min(waiting)) if waiting else None

    def step(self, *, wall_ms: int, is_over: bool) -> bool:
        """Hears a little of the voice that waits longest.

        Args:
            is_over: the recording is sealed: nothing comes late any more.
        Returns: whether there was something to hear.
        Raises: OSError: the disk.
        """
        self._read()
        ready = [voice for voice in self._voices.values() if self._is_ready(voice, wall_ms, is_over=is_over)]
        if ready:
            voice = min(ready, key=lambda voice: voice.waiting[0][0])
            for _ in range(_STEP_CHUNKS):
                if not self._is_ready(voice, wall_ms, is_over=is_over):
                    break
                number, body = voice.waiting.popleft()
                if self._take(voice, voice.ear.take(number, voice_packets(body))):
                    break
            return True
        silent = [
            voice for voice in self._voices.values() if self._is_silent(voice, wall_ms, is_over=is_over)
        ]
        for voice in silent:
            self._take(voice, voice.ear.flush())
        return bool(silent)

    def close(self) -> None:
        self._file.close()

    def _read(self) -> None:
        """What has grown since, up to some seconds per voice."""
        paths = {_person_of(path): path for path in sorted(self._folder.glob("voice.*.svf"))}
        for gone in set(self._voices) - set(paths):
            # Removed from the record meanwhile: what was read of it is not to be heard either.
            del self._voices[gone]
        for person_id, path in paths.items():
            if person_id not in self._voices:
                ear = Ear(self._activity, from_ms=self._file.heard_until_ms(person_id))
                self._voices[person_id] = _Voice(person_id, path, ear)
        for voice in self._voices.values():
            missing = _WAITING_CHUNKS_MAX - len(voice.waiting)
            if missing <= _STEP_CHUNKS:
                continue
            try:
                read = list(voices_from(voice.path, voice.at, count=missing))
            except BadInput as error:
                log.warning("a voice cannot be read", error=error.detail)
                continue
            if read:
                voice.at = read[-1][2]
                waiting = [*voice.waiting, *((number, body) for number, body, _ in read)]
                voice.waiting = deque(sorted(waiting, key=lambda record: record[0]))

    def _is_ready(self, voice: _Voice, wall_ms: int, *, is_over: bool) -> bool:
        if not voice.waiting:
            return False
        return is_over or self._timeline.wall_ms_of(voice.waiting[0][0] + 1) + SETTLED_MS <= wall_ms

    def _is_silent(self, voice: _Voice, wall_ms: int, *, is_over: bool) -> bool:
        """It has begun a word and nothing more will come: the microphone is closed."""
        if voice.waiting or not voice.ear.is_open or voice.ear.next is None:
            return False
        return is_over or self._timeline.wall_ms_of(voice.ear.next + 1) + SETTLED_MS <= wall_ms

    def _take(self, voice: _Voice, sounds: Iterable[Sound]) -> bool:
        """Recognises what an ear gives. Returns: whether that was anything."""
        is_anything = False
        for sound in sounds:
            is_anything = True
            self._file.append(
                spoken(
                    self._heard(sound),
                    sound.samples,
                    person_id=voice.person_id,
                    start_ms=sound.start_ms,
                    is_cut=sound.is_cut,
                )
            )
        return is_anything

    def _heard(self, sound: Sound) -> Heard:
        """An utterance that the engine cannot cope with is left out: the others must not wait for it."""
        try:
            return self._engine.recognise(sound.samples, hints=self._hints)
        except EngineFailed as error:
            log.warning("an utterance was not recognised", engine=self._engine.name, detail=error.detail)
            return Heard((), 0.0)


def _person_of(path: Path) -> str:
    return path.name.removeprefix("voice.").removesuffix(".svf")
