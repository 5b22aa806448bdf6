"""One Space's captions: its voices to the recogniser, the recogniser's texts to its stage.

Comes in: voices and ticks of the Space, texts. Goes out: `stage.<id>.captions`. Never: two lines for one
utterance; a text that cannot have been said.
"""

import json
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import structlog

from stentor.clock import Clock
from stentor.errors import BadInput
from stentor.log.bus import Bus
from stentor.log.subjects import number_of
from stentor.scribe.captions.ears import Ears
from stentor.scribe.captions.lines import Board
from stentor.scribe.captions.recognition import Engine, Recognition
from stentor.scribe.captions.utterances import Utterance
from stentor.scribe.speech.plausible import is_plausible
from stentor.scribe.speech.port import Heard
from stentor.space.record import Space
from stentor.space.tick import decoded

log = structlog.get_logger()

_PENDING_MAX = 256
"""A message per voice and rung each 0.64 s: some seconds of a full stage; older is not worth a caption."""


class Hearing:
    """A context: hears while it is open."""

    def __init__(
        self, bus: Bus, space: Space, recognition: Recognition, engine: Engine, *, clock: Clock
    ) -> None:
        self._bus = bus
        self._space = space
        self._recognition = recognition
        self._engine = engine
        self._clock = clock
        self._ears = Ears(engine.activity)
        self._board = Board()
        self._names: tuple[str, ...] = ()
        self._doors = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as doors:
            doors.callback(self._recognition.forget, self._space.id)
            # One subscription, though it brings the programme too: two have queues of their own, and on a
            # busy machine the ticks would end chunks whose voices still wait.
            subscription = await self._bus.subscribe(
                f"space.{self._space.id}.>", self._take, pending_max=_PENDING_MAX
            )
            doors.push_async_callback(subscription.close)
            self._doors = doors.pop_all()
        log.info("captions", space=self._space.id, engine=self._engine.recogniser.name)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._doors.aclose()

    def _take(self, subject: str, data: bytes) -> None:
        match subject.split(".")[2]:
            case "voice":
                self._hear(subject, data)
            case "tick":
                self._hear_tick(subject, data)

    def _hear(self, subject: str, data: bytes) -> None:
        person_id = subject.split(".")[3]
        try:
            ended = self._ears.hear(person_id, number_of(subject), data)
        except (BadInput, ValueError) as error:
            log.warning("a voice that cannot be heard", space=self._space.id, error=str(error))
            return
        self._recognise(ended)
        if self._recognition.has_time_for_partial((self._space.id, person_id)) and (
            running := self._ears.running(person_id)
        ):
            self._recognise([running])

    def _hear_tick(self, subject: str, data: bytes) -> None:
        try:
            tick = decoded(data)
            self._recognise(self._ears.hear_tick(number_of(subject)))
            self._names = tuple(str(person["name"]) for person in tick.get("people", ())) or self._names
        except (BadInput, ValueError, TypeError, KeyError) as error:
            log.warning("a tick that cannot be read", space=self._space.id, error=str(error))

    def _recognise(self, utterances: list[Utterance]) -> None:
        for utterance in utterances:
            self._recognition.put(
                self._space.id,
                utterance,
                self._engine,
                hints=(self._space.title, *self._names),
                then=self._show,
            )

    async def _show(self, utterance: Utterance, heard: Heard) -> None:
        is_said = is_plausible(heard, length_ms=utterance.length_ms)
        if not is_said and not utterance.is_final:
            return
        if self._board.put(
            utterance.id,
            utterance.person_id,
            heard.text if is_said else "",
            is_final=utterance.is_final,
            now_s=self._clock.monotonic_s(),
        ):
            told = {"lines": self._board.lines()}
            payload = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
            await self._bus.publish(f"stage.{self._space.id}.captions", payload)
