"""A live crowd over many rooms: listeners of `live.mp4` or `live.aac`, each Space by turn, in one process.

Comes in: the paths. Goes out: a tally; chunk numbers are checked where the format has them.
"""

import errno
import os
import select
import socket
import struct
from dataclasses import dataclass

from crowd_process import CrowdProcess, Tally, connecting, reset

_READ_BYTES = 64 * 1024
_PORTS_PER_ADDRESS = 4_000
_MFHD_NUMBER_AT = 20
"""Into `moof`: two box heads of 8 bytes, version and flags."""
_NOT_YET = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}
JOINS_PER_S = 1_000.0


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
    joins_per_s: float


def rooms_crowd(
    port: int,
    paths: list[str],
    *,
    listeners: int,
    network: int,
    seconds_max: float,
    joins_per_s: float = JOINS_PER_S,
) -> CrowdProcess[RoomsPlan]:
    has_numbers = all("/live.mp4" in path for path in paths)
    plan = RoomsPlan(port, tuple(paths), listeners, has_numbers, network, joins_per_s)
    return CrowdProcess(RoomsCrowd, plan, listeners=listeners, seconds_max=seconds_max)


class Stream:
    """One listener's answer. Pure: bytes in, faults out; every box is looked at, no byte of media."""

    __slots__ = ("_has_numbers", "_rest", "is_seated", "next")

    def __init__(self, *, has_numbers: bool) -> None:
        self._has_numbers = has_numbers
        self._rest = b""
        self.is_seated = False
        self.next = -1

    def take(self, data: bytes) -> tuple[int, str | None]:
        """Returns how many chunks became whole, and what is wrong."""
        whole = self._rest + data if self._rest else data
        if not self.is_seated:
            head, end, whole = whole.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return 0, None
            if not head.startswith(b"HTTP/1.1 200 "):
                return 0, head[9:12].decode("ascii", "replace")
            self.is_seated = True
        if not self._has_numbers:
            self._rest = b""
            return 0, None
        return self._chunks(whole)

    def _chunks(self, whole: bytes) -> tuple[int, str | None]:
        at, end_at, count, wrong, number = 0, 0, 0, None, -1
        while at + 8 <= len(whole):
            size, kind = struct.unpack_from(">I4s", whole, at)
            if at + size > len(whole) or size < 8:
                break
            if kind == b"moof":
                number = struct.unpack_from(">I", whole, at + _MFHD_NUMBER_AT)[0] - 1
            elif kind == b"mdat":
                if self.next not in {-1, number}:
                    wrong = "gaps" if number > self.next else "repeats"
                self.next, end_at, count = number + 1, at + size, count + 1
            at += size
        self._rest = whole[end_at:]
        return count, wrong


class RoomsCrowd:
    """The listeners of one process."""

    def __init__(self, plan: RoomsPlan) -> None:
        self.tally = Tally()
        self._plan = plan
        self._poll = select.epoll()
        self._socks: dict[int, socket.socket] = {}
        self._asks: dict[int, bytes] = {}
        self._streams: dict[int, Stream] = {}
        self._joined = 0
        self._began_s: float | None = None

    def step(self, now_s: float) -> None:
        self._join(now_s)
        for fd, event in self._poll.poll(0, len(self._socks) + 1):
            if event & select.EPOLLOUT and fd in self._asks:
                self._ask(fd)
                continue
            try:
                data = os.read(fd, _READ_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                self._take(self._streams[fd], data)
            else:
                self.tally.trouble("ended")
                self._poll.unregister(fd)
                self._socks.pop(fd).close()

    def _take(self, stream: Stream, data: bytes) -> None:
        was_seated = stream.is_seated
        count, wrong = stream.take(data)
        self.tally.size_bytes += len(data)
        self.tally.heard += count
        self.tally.seated += stream.is_seated and not was_seated
        if wrong is not None:
            self.tally.trouble(wrong)

    def cut(self) -> None:
        for sock in self._socks.values():
            reset(sock)

    def _join(self, now_s: float) -> None:
        plan = self._plan
        if self._began_s is None:
            self._began_s = now_s
        due = min(plan.listeners, int((now_s - self._began_s) * plan.joins_per_s) + 1)
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
            self._socks[fd], self._streams[fd] = sock, Stream(has_numbers=plan.has_numbers)
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
