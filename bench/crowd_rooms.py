"""A live crowd over many rooms: listeners of `live.mp4` or `live.aac`, each Space by turn, in one process.

Comes in: the paths. Goes out: a tally; chunk numbers are checked where the format has them.
"""

import errno
import os
import select
import socket
from dataclasses import dataclass

from crowd_ears import Ears
from crowd_process import CrowdProcess, Tally, connecting, reset

_READ_BYTES = 64 * 1024
_PORTS_PER_ADDRESS = 4_000
_FD_MAX = 20_000
_NOT_YET = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}
_JOINS_PER_S = 1_000.0


@dataclass(frozen=True, slots=True)
class RoomsPlan:
    """A crowd.

    Args:
        paths: listeners take them in turn.
        has_numbers: all of them are `live.mp4`.
        network: the source addresses are 127.`network`.0.0/16.
    """

    port: int
    paths: tuple[str, ...]
    listeners: int
    has_numbers: bool
    network: int


def rooms_crowd(
    port: int, paths: list[str], *, listeners: int, network: int, seconds_max: float
) -> CrowdProcess[RoomsPlan]:
    has_numbers = all("/live.mp4" in path for path in paths)
    plan = RoomsPlan(port, tuple(paths), listeners, has_numbers, network)
    return CrowdProcess(RoomsCrowd, plan, listeners=listeners, seconds_max=seconds_max)


class RoomsCrowd:
    """The listeners of one process."""

    def __init__(self, plan: RoomsPlan) -> None:
        self.tally = Tally()
        self._plan = plan
        self._poll = select.epoll()
        self._socks: dict[int, socket.socket] = {}
        self._asks: dict[int, bytes] = {}
        self._ears = Ears(_FD_MAX, has_numbers=plan.has_numbers, samples=0)
        self._joined = 0
        self._began_s: float | None = None

    def step(self, now_s: float) -> None:
        self._join(now_s)
        take, read = self._ears.take, os.read
        for fd, event in self._poll.poll(0, len(self._socks) + 1):
            if event & select.EPOLLOUT and fd in self._asks:
                self._ask(fd)
                continue
            try:
                data = read(fd, _READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                take(fd, data, now_s)
            else:
                self._ears.left(fd)
                self._poll.unregister(fd)
                self._socks.pop(fd).close()
        self._add_up()

    def cut(self) -> None:
        for sock in self._socks.values():
            reset(sock)

    def _join(self, now_s: float) -> None:
        plan = self._plan
        if self._began_s is None:
            self._began_s = now_s
        due = min(plan.listeners, int((now_s - self._began_s) * _JOINS_PER_S) + 1)
        while self._joined < due:
            path = plan.paths[self._joined % len(plan.paths)]
            source = f"127.{plan.network}.{self._joined // _PORTS_PER_ADDRESS}.1"
            self._joined += 1
            try:
                sock = connecting("127.0.0.1", plan.port, source=source)
            except OSError:
                self.tally.trouble("no connection")
                continue
            fd = sock.fileno()
            self._socks[fd] = sock
            self._asks[fd] = (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: crowd\r\nAccept: */*\r\n\r\n".encode()
            )
            self._poll.register(fd, select.EPOLLOUT)
            self._ask(fd)

    def _ask(self, fd: int) -> None:
        try:
            os.write(fd, self._asks[fd])
        except OSError as error:
            if error.errno in _NOT_YET:
                return  # the door's queue is full; epoll says when
            self.tally.trouble("cannot ask")
        del self._asks[fd]
        self._poll.modify(fd, select.EPOLLIN)

    def _add_up(self) -> None:
        heard, tally = self._ears.heard, self.tally
        tally.seated, tally.size_bytes, tally.answers = heard.seated, heard.size_bytes, heard.ended
        for kind in ("refused", "ended", "gaps", "repeats"):
            if count := getattr(heard, kind):
                tally.troubles[kind] = count
