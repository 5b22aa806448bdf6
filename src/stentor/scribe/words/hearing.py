"""All Spaces' voices on the one thread that recognises: which Space is heard next, by which engine.

Comes in: Spaces whose voices are to be heard. Goes out: their utterances, and a transcript when the last one
is heard. Never: two recognitions at once; a Space that waits while another, that has waited less, is heard.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import structlog

from stentor.config import Settings
from stentor.record.transcript import Transcript
from stentor.scribe.speech import activity, engines
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import Recogniser
from stentor.scribe.speech.weights import SILERO_VAD
from stentor.scribe.words.listening import FOLDER, Listening
from stentor.scribe.words.spoken import FILE, spoken_in
from stentor.scribe.words.turns import turns_of
from stentor.space.record import Space
from stentor.space.timeline import Timeline

log = structlog.get_logger()

_ENGINES_MAX: Final = 2
"""Languages at a time; each engine has up to 400 MB."""
T = TypeVar("T")


class Hearing:
    """Of one process. All that blocks happens on its thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recognition")
        self._engines: dict[engines.Choice, Recogniser] = {}
        self._activity: Model | None = None
        self._listening: dict[str, Listening] = {}
        self.was_busy = False
        """The last step found something to hear: there may be more."""

    def hears(self, space_id: str) -> bool:
        return space_id in self._listening

    async def begin(self, space: Space, timeline: Timeline, *, folder: Path, hints: Sequence[str]) -> None:
        """Goes on where the folder stands. Raises: EngineFailed: no engine for its language. OSError."""
        choice = engines.for_transcript(self._settings, language=space.language)

        def begin() -> Listening:
            engine, activity_model = self._loaded(choice)
            return Listening(folder, timeline, engine=engine, activity=activity_model, hints=hints)

        self._listening[space.id] = await self._on_thread(begin)

    async def step(self, *, wall_ms: int, over: set[str]) -> str | None:
        """Hears a little of the Space that waits longest.

        Args:
            over: Spaces of which nothing comes any more.
        Returns: a Space of which everything is heard and nothing comes any more, to be ended; None.
        Bounds: one utterance, up to some seconds.
        Raises: OSError.
        """
        self.was_busy = False
        waited = sorted(self._listening.items(), key=lambda item: item[1].oldest_ms() or wall_ms)
        for space_id, listening in waited:
            is_over = space_id in over
            step = partial(listening.step, wall_ms=wall_ms, is_over=is_over)
            self.was_busy = await self._on_thread(step)
            if self.was_busy:
                return None
            if is_over:
                return space_id
        return None

    async def transcript(
        self, space: Space, *, folder: Path, names: dict[str, str], wall_ms: int
    ) -> Transcript:
        """What was heard of a Space, as its first version; people without a name here are not in it."""
        engine = self._listening[space.id].engine

        def made() -> Transcript:
            heard = spoken_in(folder / FOLDER / FILE)
            turns = turns_of(one for one in heard if one.person_id in names and one.words)
            return Transcript(1, space.language, engine, names, turns, made_ms=wall_ms)

        return await self._on_thread(made)

    async def end(self, space_id: str) -> None:
        """It is heard no more; what was heard stays in its folder."""
        if (listening := self._listening.pop(space_id, None)) is not None:
            await self._on_thread(listening.close)

    def close(self) -> None:
        """Waits for what is being recognised: its thread would outlive the loop."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        for listening in self._listening.values():
            listening.close()
        self._listening.clear()

    def _loaded(self, choice: engines.Choice) -> tuple[Recogniser, Model]:
        if self._activity is None:
            self._activity = activity.loaded(engines.model_folder(SILERO_VAD, self._settings))
        if choice not in self._engines:
            if len(self._engines) >= _ENGINES_MAX:
                del self._engines[next(iter(self._engines))]
            self._engines[choice] = engines.loaded(choice, self._settings)
            log.info("an engine hears transcripts", engine=self._engines[choice].name)
        return self._engines[choice], self._activity

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
