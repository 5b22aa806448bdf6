"""A gate's links to the fan-outs of its machine.

Comes in: an admitted listener's descriptor. Goes out: the same, to the fan-out where their session sits, else
to the one with the fewest seats; to one that has stopped answering only when there is no other. Never: a
newcomer on a seat that is kept for those who come back; a lost listener because a fan-out died: what it
had not acknowledged goes to another, and while none is there a join waits for its return, three seconds at
most.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

from stentor.edge.handover import ACK_BYTES, Ack, Books, Handover
from stentor.edge.newcomers import Newcomers
from stentor.edge.room import seats_for_newcomers
from stentor.errors import Full, NoAnswer

log = structlog.get_logger()

AGAIN_S = 0.1
WAIT_S = 3.0
"""A fan-out that was killed is back after about a second."""
LATE_S = 1.0
"""A fan-out speaks six times a second. One that has been frozen does not; since its seats stay few, every
other newcomer would go there and hear nothing."""


class _Link:
    """One fan-out: connected to, or to be connected to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sock: socket.socket | None = None
        self.books = Books()
        self.is_broken = asyncio.Event()
        self.heard_s = 0.0


class Fanouts:
    """Made at the start of a gate; `run` keeps the links.

    Args:
        paths: the fan-outs' doors.
        seats_max: listeners per fan-out.
        wait_s: a join waits so long for a fan-out that is not there.
        late_s: a fan-out that has said nothing for so long is the last choice.
        newcomers: how many the edge lets in at this gate.
        cadence: chunks per write now; whoever begins gets as many more at once.
    """

    def __init__(
        self,
        paths: list[Path],
        *,
        seats_max: int,
        wait_s: float = WAIT_S,
        late_s: float = LATE_S,
        newcomers: Newcomers | None = None,
        cadence: Callable[[], int] = lambda: 1,
    ) -> None:
        self._links = [_Link(path) for path in paths]
        self._seats_max = seats_max
        self._wait_s = wait_s
        self._late_s = late_s
        self._newcomers = newcomers or Newcomers()
        self.cadence = cadence
        self._is_closing = False
        self._came = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._moving: set[asyncio.Task[None]] = set()

    @property
    def linked(self) -> int:
        return sum(link.sock is not None for link in self._links)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for link in self._links:
                    group.create_task(self._keep(link))
        finally:
            for link in self._links:
                self._drop(link)
                for fd, _ in link.books.lost():
                    os.close(fd)
            for task in self._moving:
                task.cancel()

    def close(self) -> None:
        """The gate ends: whoever would wait for a fan-out is told at once, and goes to another edge."""
        self._is_closing = True
        self._came.set()

    def has_room(self) -> bool:
        """For a newcomer. False: all seats that are not kept are taken, or the edge takes nobody now."""
        may_come = self._newcomers.may_come(now_s=self._loop.time())
        return may_come and self._has_seat(seats_for_newcomers(self._seats_max))

    def check_room(self) -> None:
        """Raises: Full: there is none for a newcomer."""
        if not self.has_room():
            raise self._full()

    async def give(self, fd: int, wish: Handover, *, comes_back: bool = False) -> None:
        """Hands a descriptor over; it is ours afterwards, whatever happens.

        Args:
            comes_back: with a pass: any seat is theirs.
        Raises: Full. NoAnswer: no fan-out within `wait_s`, or before the gate's end.
        """
        seats_max = self._seats_max if comes_back else seats_for_newcomers(self._seats_max)
        await self._give(fd, wish.encoded(), session=wish.session, seats_max=seats_max)
        if not comes_back:
            self._newcomers.came()

    def give_at_once(self, fd: int, wish: Handover, *, comes_back: bool) -> bool:
        """The same without a wait: whether a fan-out has it. If none has, the descriptor is still the
        caller's."""
        seats_max = self._seats_max if comes_back else seats_for_newcomers(self._seats_max)
        is_sent = self._sent(fd, wish.encoded(), session=wish.session, seats_max=seats_max)
        if is_sent and not comes_back:
            self._newcomers.came()
        return is_sent

    def _has_seat(self, seats_max: int) -> bool:
        """While no fan-out is there, one will be: that is not «full»."""
        linked = [link for link in self._links if link.sock is not None]
        return not linked or any(link.books.seats < seats_max for link in linked)

    def _full(self) -> Full:
        return Full("This edge", limit=self._seats_max * len(self._links))

    async def _give(self, fd: int, message: bytes, *, session: int, seats_max: int) -> None:
        deadline_s = self._loop.time() + self._wait_s
        try:
            while not self._sent(fd, message, session=session, seats_max=seats_max):
                if not self._has_seat(seats_max):
                    raise self._full()
                left_s = deadline_s - self._loop.time()
                if left_s <= 0 or self._is_closing:
                    raise NoAnswer("a fan-out of this edge")
                self._came.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left_s, AGAIN_S)):
                        await self._came.wait()
        except BaseException:
            os.close(fd)
            raise

    def _sent(self, fd: int, message: bytes, *, session: int, seats_max: int) -> bool:
        ready = [
            link
            for link in self._links
            if link.sock is not None and not link.books.is_full and link.books.seats < seats_max
        ]
        # The same session always goes to the same fan-out, which sees when it comes a second time.
        own = self._links[session % len(self._links)] if session else None
        now_s = self._loop.time()
        # What a late one has not taken stays its own: it may wake and write the answer, so nobody else may.
        for link in sorted(
            ready,
            key=lambda link: (now_s - link.heard_s > self._late_s, link is not own, link.books.seats),
        ):
            assert link.sock is not None
            try:
                socket.send_fds(link.sock, [message], [fd])
            except BlockingIOError:
                continue
            except OSError:
                link.is_broken.set()
                continue
            link.books.sent(fd, message)
            return True
        return False

    async def _keep(self, link: _Link) -> None:
        while True:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            sock.setblocking(False)
            try:
                sock.connect(str(link.path))
            except OSError:
                sock.close()
                await asyncio.sleep(AGAIN_S)
                continue
            link.sock, link.books, link.is_broken = sock, Books(), asyncio.Event()
            link.heard_s = self._loop.time()
            self._loop.add_reader(sock.fileno(), self._read, link)
            self._came.set()
            try:
                await link.is_broken.wait()
            finally:
                self._drop(link)
            self._move(link.books.lost())

    def _drop(self, link: _Link) -> None:
        if link.sock is not None:
            self._loop.remove_reader(link.sock.fileno())
            link.sock.close()
            link.sock = None

    def _read(self, link: _Link) -> None:
        assert link.sock is not None
        try:
            data = link.sock.recv(ACK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            link.is_broken.set()
            return
        link.heard_s = self._loop.time()
        for fd in link.books.acked(Ack.parse(data)):
            os.close(fd)
        self._came.set()

    def _move(self, lost: list[tuple[int, bytes]]) -> None:
        """Those whom a dead fan-out had not taken go to another."""
        for fd, message in lost:
            task = asyncio.create_task(self._give_again(fd, message))
            self._moving.add(task)
            task.add_done_callback(self._moving.discard)

    async def _give_again(self, fd: int, message: bytes) -> None:
        # Their answer has not begun; who finds no seat at all is closed, and comes back by itself.
        with suppress(Full, NoAnswer):
            session = Handover.parse(message).session
            await self._give(fd, message, session=session, seats_max=self._seats_max)
