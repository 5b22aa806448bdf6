"""The process of one Space's stage: the mixer's loop and the doors to NATS.

Comes in: questions of backstage (`stage.<id>.join|source|leave|who`), the controller's figures, changes of
the records of the Space, its crew and its questions, RTP. Goes out: chunks, ticks and voices into the log,
RTP. Never: HTTP, a wait for the log inside the loop, a decision about who may come (the crew's record is).

Run as `python -m stentor.stage.space_stage --space ID`, normally by `keeper.py`.
"""

import argparse
import asyncio
import gc
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

import structlog

from stentor.clock import Clock, SteadyClock, SystemClock
from stentor.config import Settings
from stentor.errors import LogAway
from stentor.limits import OPUS_FRAMES_PER_CHUNK
from stentor.log.bus import Bus, connected
from stentor.log.house_log import HouseLog
from stentor.log.state import CrewStore, QuestionStore, SpaceStore
from stentor.log.subjects import number_of
from stentor.log.writer import LogWriter
from stentor.process import end_tasks, stop_event
from stentor.role import run_role
from stentor.space.crew import Crew
from stentor.space.lifecycle import State
from stentor.space.people import Person
from stentor.space.record import Space
from stentor.stage.addresses import PortRange
from stentor.stage.aiortc_transport import AiortcTransport
from stentor.stage.broadcast import Broadcast, where_to_start
from stentor.stage.clockwork import Clockwork, Turn
from stentor.stage.desk import ChunkOut
from stentor.stage.facts import Facts
from stentor.stage.floor import Floor
from stentor.stage.mixer import SILENCE
from stentor.stage.transport import Transport
from stentor.stage.wire_transport import WireTransport

log = structlog.get_logger()

_LEFT_OVER_TIMEOUT_S: Final = 2.0
_DRAIN_TIMEOUT_S: Final = 5.0
_ASK_AGAIN_S: Final = 0.2
_LOOK_ROUND_TICKS: Final = 25


@dataclass(frozen=True, slots=True)
class Stores:
    """What a stage reads of the state that roles share."""

    spaces: SpaceStore
    crews: CrewStore
    questions: QuestionStore

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        """Raises: LogAway."""
        return cls(await SpaceStore.open(bus), await CrewStore.open(bus), await QuestionStore.open(bus))


class SpaceStage:
    """One Space's stage, from its record to its end.

    Args:
        speakers_max: the house's ceiling; a Space may have set a lower number.
        note: tells the house's log: the kind of note, its facts.
    """

    def __init__(
        self,
        space: Space,
        *,
        bus: Bus,
        stores: Stores,
        writer: LogWriter,
        transport: Transport,
        clock: Clock,
        speakers_max: int,
        note: Callable[..., None] = lambda _kind, **_facts: None,
    ) -> None:
        self._space = space
        self._bus = bus
        self._stores = stores
        self._writer = writer
        self._clock = clock
        self._speakers_max = speakers_max
        self._wire = WireTransport(bus, space.id)
        self._floor = Floor(
            transport=transport,
            wire=self._wire,
            clock=clock,
            speakers_max=space.places(speakers_max),
            crew=Crew(space.id),
            newest_crew=partial(stores.crews.newest, space.id),
            on_put_away=lambda person, because: note(
                "speaker_put_away", space=space.id, person=person, because=because
            ),
        )
        self._facts = Facts()
        self._away: frozenset[str] = frozenset()
        self._ticks_to_look_round = 0
        self._broadcast: Broadcast | None = None
        # In the green room time begins now; on the air the record's epoch counts.
        self._clockwork = Clockwork(epoch_ms=clock.wall_ms(), first_tick=0)
        self._has_programme = asyncio.Event()
        self.is_ready = asyncio.Event()
        self.late_tick_count = 0
        self.hole_chunk_count = 0
        self._complained = (0, 0)

    @property
    def people(self) -> list[Person]:
        return self._floor.people

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until the Space has ended or `stop` is set; then everybody has left and the log has all."""
        async with asyncio.TaskGroup() as group:
            works = (
                self._writer.run(),
                self._watch_space(),
                self._watch_crew(),
                self._watch_questions(),
                self._open(),
            )
            helpers = [group.create_task(work) for work in works]
            try:
                async with AsyncExitStack() as doors:
                    doors.push_async_callback(self._writer.drained, timeout_s=_DRAIN_TIMEOUT_S)
                    doors.push_async_callback(self._wire.close)
                    doors.push_async_callback(self._floor.close)
                    await self._open_doors(doors)
                    self.is_ready.set()
                    await self._mix(stop)
            finally:
                await end_tasks(*helpers)

    async def _open_doors(self, doors: AsyncExitStack) -> None:
        for verb, answer in (
            ("join", self._floor.join),
            ("source", self._floor.source),
            ("leave", self._floor.leave),
            ("who", self._floor.who),
        ):
            door = await self._bus.serve(f"stage.{self._space.id}.{verb}", answer)
            doors.push_async_callback(door.close)
        figures = await self._bus.subscribe(
            f"figures.{self._space.id}", lambda _subject, payload: self._facts.take_figures(payload)
        )
        doors.push_async_callback(figures.close)
        captions = await self._bus.subscribe(f"stage.{self._space.id}.captions", self._take_captions)
        doors.push_async_callback(captions.close)

    async def _mix(self, stop: asyncio.Event) -> None:
        while not stop.is_set() and self._space.state.has_stage:
            turn = self._clockwork.turn(self._clock.wall_ms())
            self._play(turn)
            await asyncio.sleep(turn.wait_ms / 1000)
        self._end_chunk_under_way()

    def _play(self, turn: Turn) -> None:
        if turn.silent_ticks or turn.skipped_chunks:
            self._miss(turn)
        if turn.is_due:
            self._mix_tick()

    def _look_round(self) -> None:
        """Also in the green room, where no chunk ends: the host must learn there too whose line is lost."""
        self._ticks_to_look_round -= 1
        if self._ticks_to_look_round <= 0:
            self._ticks_to_look_round = _LOOK_ROUND_TICKS
            self._away = self._floor.look_round()

    def _mix_tick(self) -> None:
        self._look_round()
        broadcast, is_on_air = self._broadcast, self._space.state is State.ON_AIR
        out = self._floor.desk.turn(
            tick_in_chunk=0 if broadcast is None else broadcast.tick_in_chunk,
            is_logged=is_on_air and broadcast is not None,
        )
        self._floor.send(out.returns)
        if broadcast is not None and broadcast.push(out.programme if is_on_air else SILENCE):
            self._finish_chunk(broadcast)

    def _miss(self, turn: Turn) -> None:
        """This process was held up: what was missed is silence, and after whole chunks a hole."""
        self.late_tick_count += turn.silent_ticks
        self.hole_chunk_count += turn.skipped_chunks
        self._floor.desk.skip(turn.silent_ticks)
        if self._broadcast is None:
            return
        for _ in range(turn.silent_ticks):
            if self._broadcast.pad():
                self._finish_chunk(self._broadcast)
        if turn.skipped_chunks:
            self._broadcast.skip_chunks(turn.skipped_chunks)

    def _finish_chunk(self, broadcast: Broadcast) -> None:
        out = self._floor.desk.end_chunk()
        is_on_air = self._space.state is State.ON_AIR
        speaking = {p: level for p, level in out.speaking.items() if is_on_air and p not in self._away}
        broadcast.finish(ChunkOut(speaking, out.voices), self._facts_now())
        self._complain_if_late()

    def _complain_if_late(self) -> None:
        """Once per chunk at most: a machine that is too busy must not be made busier by its log."""
        late = (self.late_tick_count, self.hole_chunk_count)
        if late != self._complained:
            ticks, holes = late[0] - self._complained[0], late[1] - self._complained[1]
            self._complained = late
            log.warning("late", silent_ticks=ticks, skipped_chunks=holes)

    def _end_chunk_under_way(self) -> None:
        """The last words before the end are not lost: their chunk is filled up with silence."""
        broadcast = self._broadcast
        if broadcast is None or broadcast.is_at_border:
            return
        while not broadcast.pad():
            continue
        self._finish_chunk(broadcast)

    async def _open(self) -> None:
        """Begins the programme, beside the mixer: people hear each other while the log is being asked."""
        await self._has_programme.wait()
        # A former process may have left chunks in the spool: they take their numbers first.
        await self._writer.drained(timeout_s=_LEFT_OVER_TIMEOUT_S)
        while True:
            try:
                last = await self._bus.last_subject(self._space.id, f"space.{self._space.id}.tick.*")
            except LogAway:
                await asyncio.sleep(_ASK_AGAIN_S)
                continue
            self._go_on_air(last_used=None if last is None else number_of(last))
            return

    def _go_on_air(self, *, last_used: int | None) -> None:
        timeline = self._space.timeline
        assert timeline is not None, "a Space on the air has an epoch"
        start = where_to_start(timeline, now_ms=self._clock.wall_ms(), last_used=last_used)
        self._broadcast = Broadcast(
            space_id=self._space.id,
            timeline=timeline,
            append=self._writer.append,
            first_number=start.first,
        )
        self._broadcast.lay_runway(start.runway, {**self._facts_now(), "speaking": {}})
        self._floor.desk.end_chunk()  # what was said before does not belong to the first chunk
        for _ in range(start.silent_ticks):
            self._broadcast.pad()
        first_tick = start.first * OPUS_FRAMES_PER_CHUNK + start.silent_ticks
        self._clockwork = Clockwork(epoch_ms=timeline.epoch_ms, first_tick=first_tick)
        log.info("on air", first=start.first, runway=len(start.runway))

    def _facts_now(self) -> dict[str, object]:
        return self._facts.of_tick(
            self._space, self._floor.people, lead=self._floor.lead, now_s=self._clock.monotonic_s()
        )

    def _take_captions(self, _subject: str, payload: bytes) -> None:
        self._facts.take_captions(payload, now_s=self._clock.monotonic_s())

    async def _watch_space(self) -> None:
        async for space in self._stores.spaces.watch(self._space.id):
            self._space = space
            self._floor.resize(speakers_max=space.places(self._speakers_max))
            if space.state.has_programme:
                self._has_programme.set()

    async def _watch_crew(self) -> None:
        async for crew in self._stores.crews.watch(self._space.id):
            self._floor.obey(crew)

    async def _watch_questions(self) -> None:
        async for questions in self._stores.questions.watch(self._space.id):
            self._facts.take_questions(questions)


async def serve(space_id: str, settings: Settings, *, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Runs one Space's stage with real parts.

    Raises: NoSuchSpace. LogAway: NATS did not answer within 10 s. CannotStart: a setting cannot be used.
    """
    async with connected(settings.nats_url, name=f"stage-{space_id}", replicas=settings.nats_replicas) as bus:
        stores = await Stores.open(bus)
        space = await stores.spaces.get(space_id)
        await bus.ensure_stream(space_id)
        transport = AiortcTransport(
            addresses=settings.stage_addresses, ports=PortRange.parse(settings.stage_udp_ports)
        )
        house_log = HouseLog(SystemClock())
        stage = SpaceStage(
            space,
            bus=bus,
            stores=stores,
            writer=LogWriter(bus, spool_dir(settings, space_id), spool_bytes_max=settings.spool_bytes_max),
            transport=transport,
            clock=SteadyClock(),
            speakers_max=settings.speakers_max,
            note=house_log.note,
        )
        noting = asyncio.create_task(house_log.run(bus))
        # What lives until the end is taken out of the collector's sight: its rounds cost 10 ms otherwise.
        gc.collect()
        gc.freeze()
        ready()
        try:
            await stage.run(stop)
        finally:
            await end_tasks(noting)
            await transport.close()


def spool_dir(settings: Settings, space_id: str) -> Path:
    return settings.data_dir / "spool" / space_id


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the process's exit code: 0 the Space has ended or we were told to stop, 1 an error."""
    parser = argparse.ArgumentParser(prog="stentor.stage.space_stage", description="One Space's stage.")
    parser.add_argument("--space", required=True, metavar="ID")
    arguments = parser.parse_args(argv)

    async def run(settings: Settings) -> None:
        await serve(arguments.space, settings, stop=stop_event(), ready=lambda: log.info("stage is up"))

    return run_role("stage", run)


if __name__ == "__main__":
    sys.exit(main())
