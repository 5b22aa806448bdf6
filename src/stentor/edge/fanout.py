"""A fan-out's process: `python -m stentor.edge.fanout`. Writes chunks to those whom the gates have admitted.

Comes in: sockets from the gates, the programme from the log, the ladder's step. Goes out: chunks, a report
each second. Never: a byte read from the crowd; a wait for a listener.
"""

import argparse
import asyncio
import contextlib
import resource
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.edge import sockets
from stentor.edge.crowd import Crowd
from stentor.edge.handover import Handover
from stentor.edge.ladder import Quality, Step
from stentor.edge.lane import Apart, Lane
from stentor.edge.listener import Write
from stentor.edge.parts import (
    boot_id,
    decoded_step,
    moved_subject,
    part_subject,
    step_subject,
    until_report_s,
)
from stentor.edge.patience import Patience
from stentor.edge.reception import Reception
from stentor.edge.report import Count, Report
from stentor.edge.sessions import moved_sessions
from stentor.edge.slots import SLOTS, turns_at_once
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.edge.wheel import Wheel
from stentor.errors import Gone, LogAway, NoSuchSpace, NotOnAir
from stentor.log.bus import Bus, connected
from stentor.log.state import SpaceStore
from stentor.process import end_tasks, first_to_end, set_name, stop_event, until
from stentor.role import run_role
from stentor.space.rung import Rung

log = structlog.get_logger()

FED_MAX = 32
"""Listeners whose old chunks are read from the log at once; the others wait for their turn."""
_FED_CHUNKS = 8
_ACKNOWLEDGE_TURNS = 8
_LOOK_TURNS = 4
_FED_PAUSE_S = 0.05
_FILES_KEPT = 256
"""Descriptors for everything that is no listener."""
_WAITING_MAX = 2048
_NOT_HERE = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n"
    b"cache-control: no-store\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n"
)


class Fanout:
    """One fan-out. Made by `running`.

    Bounds: a turn each 20 ms writes to a 32nd of the crowd; whatever else the loop does waits that long at
        most, and how late turns are is the pressure that the ladder feels.
    """

    def __init__(
        self, bus: Bus, spaces: Spaces, crowd: Crowd, *, edge_id: str, part: str, clock: Clock, waits: Waits
    ) -> None:
        self.crowd = crowd
        self._bus = bus
        self._spaces = spaces
        self._clock = clock
        self._waits = waits
        self._edge_id = edge_id
        self._part = part
        self._boot = boot_id()
        self._slot_s = waits.revolution_s / SLOTS
        self._waiting: list[tuple[float, socket.socket, Handover]] = []
        self._fed: set[asyncio.Task[None]] = set()
        self._fed_gate = asyncio.Semaphore(FED_MAX)

    def seat(self, sock: socket.socket, wish: Handover) -> None:
        """A listener comes in. Whose programme is being opened waits for it."""
        now_s = self._clock.monotonic_s()
        if not self._try_seat(sock, wish, now_s):
            if len(self._waiting) >= _WAITING_MAX:
                self._turn_away(sock)
            else:
                self._waiting.append((now_s + self._waits.first_chunk_s, sock, wish))

    def feed(self, lane: Lane, apart: Apart) -> None:
        """The crowd's `feed`: somebody is older than the window."""
        task = asyncio.create_task(self._feed(lane, apart))
        self._fed.add(task)
        task.add_done_callback(self._fed.discard)

    async def drain(self, seconds: float) -> None:
        """Lets everybody go cleanly, spread over the time, so that another edge is not hit by all at once."""
        steps = max(1, round(seconds / self._slot_s))
        sitting = len(self.crowd.seats)
        for left in range(steps - 1, -1, -1):
            # Nobody comes any more, so the share that may still sit is the share of the time that is left.
            self.crowd.end_some(max(0, len(self.crowd.seats) - sitting * left // steps), "drained")
            if not len(self.crowd.seats):
                return
            await asyncio.sleep(self._slot_s)

    async def report_for_ever(self, wheel: Wheel) -> None:
        while True:
            await asyncio.sleep(until_report_s(self._clock.wall_ms()))
            report = self._report(late_s=wheel.take_late_s())
            await self._bus.publish(part_subject(self._edge_id, self._part), report.encoded())

    async def close(self) -> None:
        await end_tasks(*self._fed)
        for _, sock, _ in self._waiting:
            self._turn_away(sock)
        self.crowd.end_some(len(self.crowd.seats), "drained")

    def turn(self, index: int) -> None:
        """The wheel's: one slot of everybody."""
        now_s = self._clock.monotonic_s()
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for deadline_s, sock, wish in waiting:
                if self._try_seat(sock, wish, now_s):
                    continue
                if now_s >= deadline_s:
                    self._turn_away(sock)
                else:
                    self._waiting.append((deadline_s, sock, wish))
        self.crowd.turn(index, now_s=now_s)
        if index % _LOOK_TURNS == 0:
            self.crowd.look(now_s=now_s)

    def _try_seat(self, sock: socket.socket, wish: Handover, now_s: float) -> bool:
        try:
            programme = self._spaces.programme(wish.space_id)
        except (NoSuchSpace, NotOnAir, Gone):
            # The gate has seen the Space's record; this process will within two seconds.
            return False
        self.crowd.sit(sock, wish, programme, now_s=now_s)
        return True

    def _turn_away(self, sock: socket.socket) -> None:
        sockets.write_some(sock.fileno(), _NOT_HERE)
        sockets.end(sock)

    async def _feed(self, lane: Lane, apart: Apart) -> None:
        """From the log, until the window has what comes next."""
        listener, programme = apart.listener, lane.programme
        while (head := lane.head()) is not None and listener.next <= head:
            first = listener.next
            if lane.oldest() + _FED_CHUNKS <= first:
                break
            write = Write(first, min(head, first + _FED_CHUNKS - 1), is_joining=listener.is_joining)
            try:
                async with self._fed_gate:
                    parts = [
                        await programme.chunk(lane.shape_of(n), n, is_joining=write.is_joining and n == first)
                        for n in range(write.first, write.last + 1)
                    ]
            except LogAway:
                self.crowd.leave(apart, "log_away")
                return
            now_s = self._clock.monotonic_s()
            if not self.crowd.deliver(lane, apart, write, b"".join(parts), now_s=now_s):
                return
            while apart.pending is not None:
                await asyncio.sleep(_FED_PAUSE_S)
                if not self.crowd.push_fed(lane, apart, now_s=self._clock.monotonic_s()):
                    return
        self.crowd.fed(lane, apart)

    def _report(self, *, late_s: float) -> Report:
        crowd = self.crowd
        spaces = {
            name: Count(arrived=c.arrived, admitted=c.admitted, hearing=c.hearing, gone=c.gone)
            for name, c in crowd.seats.counts.items()
        }
        totals = crowd.totals
        return Report(
            part=self._part,
            boot=self._boot,
            spaces=spaces,
            sent_bytes=totals.sent_bytes,
            writes=totals.writes,
            skipped=totals.skipped_chunks,
            late_ms=round(1000 * late_s, 1),
            slow=crowd.slow_count,
            ended=dict(totals.ended),
        )


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    door: Path,
    edge_id: str,
    part: str,
    clock: Clock | None = None,
    waits: Waits | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    """A fan-out for as long as the block runs, then drained.

    Returns: a task that ends only by a fault.
    Raises: LogAway: NATS does not answer.
    """
    clock, waits = clock or SystemClock(), waits or Waits()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    patience = Patience(
        socket_s=waits.socket_s,
        silent_s=waits.silent_s,
        session_s=settings.session_s,
        session_spread_s=settings.session_spread_s,
    )
    fanout: Fanout

    def feed(lane: Lane, apart: Apart) -> None:
        fanout.feed(lane, apart)

    crowd = Crowd(fd_max=files, patience=patience, feed=feed)
    async with connected(settings.nats_url, name=f"{edge_id}-{part}") as bus:
        spaces = Spaces(
            bus,
            await SpaceStore.open(bus),
            clock=clock,
            window_s=settings.window_s,
            first_chunk_s=waits.first_chunk_s,
            is_in_use=lambda space_id: crowd.count_in(space_id) > 0,
            rungs=frozenset(Rung),
        )
        fanout = Fanout(bus, spaces, crowd, edge_id=edge_id, part=part, clock=clock, waits=waits)

        def take_step(_subject: str, payload: bytes) -> None:
            crowd.step(decoded_step(payload) or Step(Quality.HIGH, 1))

        def take_moved(subject: str, payload: bytes) -> None:
            if subject != moved_subject(edge_id):
                crowd.sessions.shown_elsewhere(moved_sessions(payload), now_s=clock.monotonic_s())

        steps = await bus.subscribe(step_subject(edge_id), take_step)
        moved = await bus.subscribe(moved_subject("*"), take_moved)
        reception = Reception(door, seat=fanout.seat, seats=lambda: len(crowd.seats))

        def turn(index: int) -> None:
            fanout.turn(index)
            if index % _ACKNOWLEDGE_TURNS == 0:
                reception.acknowledge()

        wheel = Wheel(turn, revolution_s=waits.revolution_s, at_once=lambda: turns_at_once(len(crowd.seats)))
        watching = asyncio.create_task(spaces.run(), name="spaces")
        turning = asyncio.create_task(wheel.run(), name="wheel")
        work = asyncio.create_task(
            first_to_end(
                watching, turning, asyncio.create_task(fanout.report_for_ever(wheel), name="reports")
            )
        )
        try:
            yield work
        finally:
            reception.close()
            await steps.close()
            await moved.close()
            await fanout.drain(settings.drain_s)
            await end_tasks(work, turning)
            await fanout.close()
            spaces.close()
            await end_tasks(watching)


async def _run(settings: Settings, *, door: Path, edge_id: str, part: str) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(settings.listeners_max + _FILES_KEPT, hard), hard))
    stop = stop_event()
    async with running(settings, door=door, edge_id=edge_id, part=part) as work:
        await until(stop, work)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="stentor.edge.fanout")
    parser.add_argument("--edge", required=True)
    parser.add_argument("--part", required=True)
    parser.add_argument("--door", required=True, type=Path)
    arguments = parser.parse_args()
    set_name(arguments.part)
    return run_role(
        arguments.part,
        lambda settings: _run(settings, door=arguments.door, edge_id=arguments.edge, part=arguments.part),
    )


if __name__ == "__main__":
    sys.exit(main())
