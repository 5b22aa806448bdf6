"""Attackers of our own, for what no tool does: a new connection each time, from thousands of addresses.

Comes in: the requests, how many connections at once. Goes out: how many were opened, what came back. Never:
an end that waits for the attacked. It stops with its block, with its parent, or after `seconds_max`, and
sends to one address only, which must be of this run's own field.

As fast as one core does it: a connection, a request, the first bytes of the answer, a reset.
"""

import errno
import os
import random
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from crowd_addresses import Addresses
from crowd_child import Child, begin_child, live
from crowd_process import connecting, reset

CHANCE = b"$CHANCE"
"""Becomes 32 hex digits by chance, anew in each request."""
_ROUNDS_MAX = 512
_ON_ITS_WAY = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}
_STATUS_BYTES = 64
_ANSWERED = select.EPOLLIN | select.EPOLLRDHUP
_ADDRESSES = 1 << 16
"""Worked out beforehand."""


@dataclass(frozen=True, slots=True)
class FloodPlan:
    """What they do.

    Args:
        requests: one after the other; an empty one connects and stays silent.
        at_once: connections at a time, of each of which the next follows when it is answered or cut.
        held_s: a connection that is not answered is given up after so long.
    """

    host: str
    port: int
    requests: Sequence[bytes]
    addresses: Addresses
    at_once: int
    held_s: float = 5.0
    opened_per_s_max: float = 100_000.0


@dataclass(slots=True)
class Flooded:
    """Since it began.

    Args:
        opened: connections that were tried; what is offered.
        asked: requests that were sent.
        held_max: connections at once.
        answers: by status; `cut` without one, `given up` by us.
    """

    opened: int = 0
    asked: int = 0
    held_max: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    cpu_s: float = 0.0

    def answered(self, what: str) -> None:
        self.answers[what] = self.answers.get(what, 0) + 1


class Flood(Child):
    """An attack for as long as the block runs."""

    def __init__(self, plan: FloodPlan, *, nice: int, seconds_max: float) -> None:
        super().__init__(_flood, plan, nice, seconds_max)

    def so_far(self) -> Flooded:
        found: Flooded = self.ask("so far")
        return found


def _flood(plan: FloodPlan, nice: int, seconds_max: float, pipe: Connection) -> None:
    begin_child()
    os.nice(nice)
    attackers = _Attackers(plan)

    def told(_word: object) -> Flooded:
        attackers.seen.cpu_s = time.process_time()
        return attackers.seen

    live(attackers.step, told, pipe, seconds_max=seconds_max)
    attackers.cut()


class _Attackers:
    def __init__(self, plan: FloodPlan) -> None:
        self.seen = Flooded()
        self._plan = plan
        self._addresses = [plan.addresses.of(index) for index in range(_ADDRESSES)]
        self._poll = select.epoll()
        self._socks: dict[int, tuple[socket.socket, float, bool]] = {}
        self._chance = random.Random(1)
        self._began_s = time.monotonic()

    def step(self, now_s: float) -> None:
        """A round: new ones, then whatever has happened to the others. Waits 10 ms when nothing has."""
        allowed = int((now_s - self._began_s) * self._plan.opened_per_s_max) + 1 - self.seen.opened
        for _ in range(min(self._plan.at_once - len(self._socks), _ROUNDS_MAX, allowed)):
            self._open(now_s)
        self.seen.held_max = max(self.seen.held_max, len(self._socks))
        for fd, _ in self._poll.poll(0.01, _ROUNDS_MAX):
            self._go_on(fd)
        while self._socks:
            fd, (_, began_s, _) = next(iter(self._socks.items()))
            if now_s - began_s < self._plan.held_s:
                break
            self._end(fd, "given up")

    def cut(self) -> None:
        for sock, _, _ in self._socks.values():
            reset(sock)

    def _open(self, now_s: float) -> None:
        address = self._addresses[self.seen.opened % _ADDRESSES]
        self.seen.opened += 1
        try:
            sock = connecting(self._plan.host, self._plan.port, source=address)
        except OSError:
            self.seen.answered("cut")
            return
        try:
            # On this machine the connection is there already, unless the door's queue is full.
            has_asked = self._asks(sock)
        except OSError:
            self.seen.answered("cut")
            sock.close()
            return
        fd = sock.fileno()
        self._socks[fd] = (sock, now_s, has_asked)
        self._poll.register(fd, _ANSWERED if has_asked else select.EPOLLOUT)

    def _asks(self, sock: socket.socket) -> bool:
        """Raises: OSError: it has been refused."""
        request = self._plan.requests[self.seen.asked % len(self._plan.requests)]
        if request:
            if CHANCE in request:
                request = request.replace(CHANCE, b"%032x" % self._chance.getrandbits(128))
            try:
                sock.send(request)
            except OSError as error:
                if error.errno in _ON_ITS_WAY:
                    return False
                raise
        self.seen.asked += 1
        return True

    def _go_on(self, fd: int) -> None:
        sock, began_s, has_asked = self._socks[fd]
        try:
            if not has_asked:
                if self._asks(sock):
                    self._socks[fd] = (sock, began_s, True)
                    self._poll.modify(fd, _ANSWERED)
                return
            data = sock.recv(_STATUS_BYTES)
        except OSError as error:
            if error.errno not in _ON_ITS_WAY:
                self._end(fd, "cut")
            return
        self._end(fd, data[9:12].decode("ascii", "replace") if data.startswith(b"HTTP/") else "cut")

    def _end(self, fd: int, how: str) -> None:
        sock = self._socks.pop(fd)[0]
        self.seen.answered(how)
        # Its end takes it out of the poll, too.
        reset(sock)
