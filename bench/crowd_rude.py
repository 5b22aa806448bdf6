"""The bad part of a crowd, in a process of its own: who reads slowly, stops, resets, comes and goes.

    with Rude(target, Manners(slow=400, stopped=200, reset=200, restless=400)) as rude:
        ...                 # until here they read everything, like anybody
        rude.begin()

Comes in: how many of each. Goes out: what they heard, how many of them are there and read. Never: a wait for
the edge's opinion of them. All of them come back when their connection ends, but those who have stopped.
"""

import random
import select
import socket
import struct
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from fcntl import ioctl
from functools import partial
from multiprocessing.connection import Connection
from termios import FIONREAD

from crowd_child import Child, begin_child, live
from crowd_ears import Ears, Heard
from crowd_load import Target
from stentor.limits import CHUNK_MS

_ROUND_S = 0.01
_COMING_MAX = 20
"""Connections per round: 2,000 per s."""
_CONNECT_S = 3.0
_VISIT_S = CHUNK_MS / 1000
"""A slow one reads once per chunk."""
_RECEIVE_BUFFER_BYTES = 8 * 1024
"""Doubled by the kernel. Of those who will be slow or stop: the machine at this end takes little for them."""
_SEGMENT_BYTES = 1448
"""As on a real line. With loopback's 64 kB a small window is always smaller than one segment: then everything
goes by zero-window probes."""
_KEEPALIVE_S = 1
"""Whose connection the other end has given up without a word asks, and is told."""
_RESET_AFTER_S = (0.5, 6.0)
_UNREAD_EVERY_S = 0.25
_COMING = select.EPOLLIN | select.EPOLLRDHUP


class Manner(StrEnum):
    """How somebody behaves once it has begun."""

    SLOW = "slow"
    STOPPED = "stopped"
    RESET = "reset"
    RESTLESS = "restless"


@dataclass(frozen=True, slots=True)
class Manners:
    """How many of each.

    Args:
        slow_bytes_per_s: what a slow one reads.
        stay_s: how long a restless one stays, on average.
    """

    slow: int
    stopped: int
    reset: int
    restless: int
    slow_bytes_per_s: float
    stay_s: float = 5.0

    @property
    def all(self) -> list[Manner]:
        """One entry per listener."""
        return [manner for manner in Manner for _ in range(getattr(self, manner.value))]


@dataclass(slots=True)
class RudeFigures:
    """Since it began.

    Args:
        heard: by manner; a gap of somebody slow is a chunk that was skipped for them.
        reading: connections now, but those of the stopped.
        closed_after_s: of each stopped one whom the edge has closed: since this machine took the last byte.
    """

    heard: dict[Manner, Heard]
    reading: int
    stopped: int
    resets: int
    leaves: int
    failed: int
    closed_after_s: list[float] = field(default_factory=list)


class Rude(Child):
    """A bad crowd for as long as the block runs."""

    def __init__(self, target: Target, manners: Manners, *, seconds_max: float, seed: int = 1) -> None:
        super().__init__(_misbehave, target, manners, seconds_max, seed)

    def begin(self) -> RudeFigures:
        """From now on they misbehave."""
        return self.figures("begin")

    def figures(self, word: str = "figures") -> RudeFigures:
        found: RudeFigures = self.ask(word)
        return found


def _misbehave(target: Target, manners: Manners, seconds_max: float, seed: int, pipe: Connection) -> None:
    files = begin_child()
    crowd = _RudeCrowd(target, manners, random.Random(seed), fd_max=files)

    def told(word: str) -> RudeFigures:
        return crowd.figures(word, time.monotonic())

    live(crowd.round, told, pipe, seconds_max=seconds_max, round_s=_ROUND_S)
    crowd.cut()


@dataclass(slots=True)
class _Seat:
    """One connection.

    Args:
        ends_s: when they reset it or leave.
        unread_bytes, took_s: of somebody who has stopped: what waits for them, and since when it is so much.
    """

    sock: socket.socket
    manner: Manner
    ends_s: float
    unread_bytes: int = 0
    took_s: float = 0.0


class _RudeCrowd:
    def __init__(self, target: Target, manners: Manners, chance: random.Random, *, fd_max: int) -> None:
        self._target = target
        self._manners = manners
        self._chance = chance
        self._poll = select.epoll()
        self._ears = {manner: Ears(fd_max, has_numbers=True, samples=0) for manner in Manner}
        self._receive: list[Callable[[bytearray], int]] = [_closed] * fd_max
        self._seats: dict[int, _Seat] = {}
        self._coming: list[Manner] = manners.all
        self._slow: list[int] = []
        self._visited = 0
        self._looked_s = 0.0
        self._began_s: float | None = None
        self._resets = self._leaves = self._failed = 0
        self._closed_after_s: list[float] = []
        self._request = (
            f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\nUser-Agent: rude\r\nAccept: */*\r\n\r\n"
        ).encode()

    def round(self, now_s: float) -> None:
        """Everything that is due."""
        coming, self._coming = self._coming[:_COMING_MAX], self._coming[_COMING_MAX:]
        for manner in coming:
            self._come(manner, now_s)
        self._read(now_s)
        if self._began_s is None:
            return
        self._read_slowly(now_s)
        for fd in [fd for fd, seat in self._seats.items() if seat.ends_s <= now_s]:
            self._go(fd, now_s)
        if now_s - self._looked_s >= _UNREAD_EVERY_S:
            self._looked_s = now_s
            self._look_at_stopped(now_s)

    def begin(self, now_s: float) -> None:
        """Good manners end."""
        self._began_s = now_s
        for fd, seat in self._seats.items():
            seat.ends_s = self._ends_s(seat.manner, now_s)
            if seat.manner is Manner.STOPPED:
                self._poll.modify(fd, select.EPOLLRDHUP)
                seat.took_s = now_s
            elif seat.manner is Manner.SLOW:
                self._be_slow(fd, seat)

    def figures(self, word: str, now_s: float) -> RudeFigures:
        if word == "begin":
            self.begin(now_s)
        has_begun = self._began_s is not None
        stopped = sum(seat.manner is Manner.STOPPED for seat in self._seats.values()) if has_begun else 0
        return RudeFigures(
            {manner: ears.heard for manner, ears in self._ears.items()},
            reading=len(self._seats) - stopped,
            stopped=stopped,
            resets=self._resets,
            leaves=self._leaves,
            failed=self._failed,
            closed_after_s=self._closed_after_s,
        )

    def cut(self) -> None:
        for seat in self._seats.values():
            _reset(seat.sock)

    def _come(self, manner: Manner, now_s: float) -> None:
        sock = socket.socket()
        sock.settimeout(_CONNECT_S)
        if manner in {Manner.SLOW, Manner.STOPPED}:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT_BYTES)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_S)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEPALIVE_S)
        try:
            sock.connect((self._target.host, self._target.port))
            sock.sendall(self._request)
        except OSError:
            self._failed += 1
            self._coming.append(manner)
            sock.close()
            return
        sock.setblocking(False)
        fd = sock.fileno()
        self._receive[fd] = sock.recv_into
        self._seats[fd] = seat = _Seat(sock, manner, self._ends_s(manner, now_s))
        self._poll.register(fd, _COMING)
        if manner is Manner.SLOW and self._began_s is not None:
            self._be_slow(fd, seat)

    def _ends_s(self, manner: Manner, now_s: float) -> float:
        if self._began_s is not None and manner is Manner.RESET:
            return now_s + self._chance.uniform(*_RESET_AFTER_S)
        if self._began_s is not None and manner is Manner.RESTLESS:
            return now_s + self._chance.uniform(0, 2) * self._manners.stay_s
        return float("inf")

    def _be_slow(self, fd: int, seat: _Seat) -> None:
        self._poll.unregister(fd)
        size_bytes = int(self._manners.slow_bytes_per_s * _VISIT_S)
        self._receive[fd] = partial(seat.sock.recv_into, nbytes=size_bytes)
        self._slow.append(fd)

    def _read(self, now_s: float) -> None:
        for fd, _ in self._poll.poll(0, len(self._seats) + 1):
            seat = self._seats[fd]
            if seat.manner is Manner.STOPPED and self._began_s is not None:
                self._closed_after_s.append(now_s - seat.took_s)
                self._forget(fd)
                self._ears[seat.manner].leaves(fd)
            else:
                self._read_one(fd, seat, now_s)

    def _read_slowly(self, now_s: float) -> None:
        """Each of the slow once per visit's time, one after the other."""
        if not self._slow or self._began_s is None:
            return
        due = int((now_s - self._began_s) / _VISIT_S * len(self._slow))
        for index in range(max(self._visited, due - len(self._slow)), due):
            fd = self._slow[index % len(self._slow)]
            self._read_one(fd, self._seats[fd], now_s)
        self._visited = due

    def _read_one(self, fd: int, seat: _Seat, now_s: float) -> None:
        ears = self._ears[seat.manner]
        ended, _ = ears.read_all((fd,), self._receive, now_s)
        if ended:
            ears.left(fd)
            self._forget(fd)
            self._coming.append(seat.manner)

    def _look_at_stopped(self, now_s: float) -> None:
        """Until when this machine took bytes for them."""
        count = array("i", (0,))
        for fd, seat in self._seats.items():
            if seat.manner is Manner.STOPPED:
                ioctl(fd, FIONREAD, count)
                if count[0] != seat.unread_bytes:
                    seat.unread_bytes, seat.took_s = count[0], now_s

    def _go(self, fd: int, now_s: float) -> None:
        """They go of their own will, and come back."""
        seat = self._seats[fd]
        self._ears[seat.manner].read_all((fd,), self._receive, now_s)
        self._ears[seat.manner].leaves(fd)
        if seat.manner is Manner.RESET:
            self._resets += 1
            self._forget(fd, is_reset=True)
        else:
            self._leaves += 1
            self._forget(fd)
        self._coming.append(seat.manner)

    def _forget(self, fd: int, *, is_reset: bool = False) -> None:
        seat = self._seats.pop(fd)
        self._receive[fd] = _closed
        if fd in self._slow:
            self._slow.remove(fd)
        if is_reset:
            _reset(seat.sock)
        else:
            seat.sock.close()


def _closed(_buffer: bytearray) -> int:
    return 0


def _reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
