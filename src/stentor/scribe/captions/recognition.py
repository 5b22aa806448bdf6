"""The one thread that recognises, and who has it next.

Comes in: utterances of all Spaces. Goes out: what an engine heard in them, to whoever asked. Never: two at
once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

from stentor.clock import Clock
from stentor.config import Settings
from stentor.errors import EngineFailed
from stentor.scribe.captions.pace import Pace
from stentor.scribe.captions.turns import Turns
from stentor.scribe.captions.utterances import Utterance
from stentor.scribe.speech import activity, engines
from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import Heard, Recogniser
from stentor.scribe.speech.weights import SILERO_VAD

log = structlog.get_logger()

Then = Callable[[Utterance, Heard], Awaitable[None]]
_ENGINES_MAX = 3
"""Languages at a time; each engine has up to 400 MB."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What a Space is heard with."""

    recogniser: Recogniser
    activity: Model


@dataclass(frozen=True, slots=True)
class _Asked:
    engine: Engine
    hints: tuple[str, ...]
    then: Then


class Recognition:
    """Of one process."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._turns: Turns[_Asked] = Turns()
        self._pace = Pace()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recognition")
        self._engines: dict[engines.Choice, Engine] = {}
        self._dropped_told = 0

    async def engine(self, language: str) -> Engine:
        """The engine for a language, loaded once. Raises: EngineFailed: there is none."""
        choice = engines.for_captions(self._settings, language=language)
        if choice not in self._engines:
            loaded = await asyncio.get_running_loop().run_in_executor(self._thread, self._load, choice)
            if len(self._engines) >= _ENGINES_MAX:
                del self._engines[next(iter(self._engines))]
            self._engines[choice] = loaded
        return self._engines[choice]

    def has_time_for_partial(self, voice: tuple[str, str]) -> bool:
        """Whether the text of an utterance that goes on may be asked for; asking counts."""
        return not self._turns.is_behind and self._pace.allows(voice, now_s=self._clock.monotonic_s())

    def put(
        self, space_id: str, utterance: Utterance, engine: Engine, *, hints: tuple[str, ...], then: Then
    ) -> None:
        """Recognises it when its turn comes, and tells `then`; never, when there is no time for it."""
        self._turns.put(space_id, utterance, _Asked(engine, hints, then))
        self._wake.set()
        if self._turns.dropped_count > self._dropped_told:
            self._dropped_told = self._turns.dropped_count
            log.warning("recognition is behind", space=space_id, dropped=self._dropped_told)

    def forget(self, space_id: str) -> None:
        """The Space is over: what waits of it is not recognised."""
        self._turns.forget(space_id)

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                job = self._turns.take()
                if job is None:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                heard = await self._heard(job.utterance, job.what)
                if heard is not None:
                    await job.what.then(job.utterance, heard)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _heard(self, utterance: Utterance, asked: _Asked) -> Heard | None:
        begin_s = self._clock.monotonic_s()
        recognise = partial(asked.engine.recogniser.recognise, utterance.samples, hints=asked.hints)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, recognise)
        except EngineFailed as error:
            log.warning("an utterance was not recognised", error=error.detail)
            return None
        finally:
            if not utterance.is_final:
                now_s = self._clock.monotonic_s()
                self._pace.took(now_s - begin_s, now_s=now_s)

    def _load(self, choice: engines.Choice) -> Engine:
        """Raises: EngineFailed."""
        recogniser = engines.loaded(choice, self._settings)
        return Engine(recogniser, activity.loaded(engines.model_folder(SILERO_VAD, self._settings)))
