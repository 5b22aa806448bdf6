"""The crowd: many real listeners on loopback, in processes of their own.

    with Load(Target(host, port, "/s/talk/live.mp4"), listeners=20_000, joins_per_s=3000) as load:
        load.until_seated(30)

Each listener is one TCP connection that reads every byte it gets. They come at a rate fixed beforehand,
whatever the answers do (open loop); how long a join takes is counted from when it was due. Source addresses
are spread over 127.0.0.0/8, or one address's ports would bound the crowd. Everything ends with the block,
with the parent, or after `seconds_max`.

A process sleeps, then reads whatever has come: no wake-up per write, no allocation per read, one look of the
kernel per event (edge-triggered). Measured with 12,000 listeners at cadence 4: 6.4 us per read of 8.9 kB,
where level-triggered reads of fresh bytes every 20 ms cost 8.2; most of it is `recv`.
"""

import errno
import gc
import io
import os
import resource
import select
import socket
import statistics
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import av

from crowd_ears import Ears, Heard
from crowd_joining import Joining
from stentor.limits import CHUNK_SAMPLES
from stentor.process import die_with_parent

SOCKETS_MAX = 18_000
"""Per process; the limit of files is 20,000 in many places."""
SECONDS_MAX = 300.0
_READ_EVERY_S = 0.02
"""Reading in rounds, as a machine with a busy network does: a wake-up per write would be the writer's."""
_COMING = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
_PORTS_PER_ADDRESS = 4_000
_AGAIN_PER_ROUND = 10
_READS_TO_THE_END_MAX = 64
_JOIN_AGAIN = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}
_IP_BIND_ADDRESS_NO_PORT = 24
"""linux/in.h: the port is chosen at `connect`, where the four-tuple has to be free, not the port alone."""


@dataclass(frozen=True, slots=True)
class Target:
    """What everybody asks for.

    Args:
        has_numbers: the answer is our `live.mp4`, whose chunks can be checked.
    """

    host: str
    port: int
    path: str
    has_numbers: bool = True


@dataclass(frozen=True, slots=True)
class _Plan:
    target: Target
    listeners: int
    joining: Joining
    network: int
    samples: int
    seconds_max: float
    read_every_s: float
    keeps_late: bool


@dataclass(slots=True)
class Figures:
    """What a crowd has heard, and what reading it cost."""

    heard: Heard = field(default_factory=Heard)
    cpu_s: float = 0.0
    joins_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    joining_s: float = 0.0
    errors: int = 0
    decoded: int = 0
    decode_faults: int = 0

    def plus(self, other: "Figures") -> "Figures":
        mine, theirs = self.heard, other.heard
        heard = Heard(
            size_bytes=mine.size_bytes + theirs.size_bytes,
            reads=mine.reads + theirs.reads,
            parsed=mine.parsed + theirs.parsed,
            seated=mine.seated + theirs.seated,
            refused=mine.refused + theirs.refused,
            ended=mine.ended + theirs.ended,
            gaps=mine.gaps + theirs.gaps,
            repeats=mine.repeats + theirs.repeats,
            wait_max_s=max(mine.wait_max_s, theirs.wait_max_s),
        )
        return Figures(
            heard,
            self.cpu_s + other.cpu_s,
            self.joins_ms + other.joins_ms,
            self.late_ms + other.late_ms,
            max(self.joining_s, other.joining_s),
            self.errors + other.errors,
            self.decoded + other.decoded,
            self.decode_faults + other.decode_faults,
        )

    def join_ms(self, share: float) -> float:
        """How long a join took at most, for that share of the joins."""
        return _quantile(self.joins_ms, share)

    def late_quantile_ms(self, share: float) -> float:
        """How late a read came at most, for that share of the reads."""
        return _quantile(self.late_ms, share)


class Load:
    """A crowd for as long as the block runs."""

    def __init__(
        self,
        target: Target,
        *,
        listeners: int,
        joins_per_s: float,
        joins_at_last_per_s: float | None = None,
        samples: int = 0,
        network: int = 1,
        seconds_max: float = SECONDS_MAX,
        read_every_s: float = _READ_EVERY_S,
        keeps_late: bool = False,
    ) -> None:
        count = -(-listeners // SOCKETS_MAX)
        shares = [listeners // count + (index < listeners % count) for index in range(count)]
        self.listeners = listeners
        self._plans = [
            _Plan(
                target,
                share,
                Joining(share, joins_per_s / count, (joins_at_last_per_s or joins_per_s) / count),
                network + index,
                samples // count + (index < samples % count),
                seconds_max,
                read_every_s,
                keeps_late,
            )
            for index, share in enumerate(shares)
        ]

    def __enter__(self) -> Self:
        context = get_context("spawn")
        self._children = []
        for plan in self._plans:
            ours, theirs = context.Pipe()
            child = context.Process(target=_listen, args=(plan, theirs), daemon=True)
            child.start()
            theirs.close()
            self._children.append((child, ours))
        for _, pipe in self._children:
            pipe.recv()
        for _, pipe in self._children:
            pipe.send("go")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child, pipe in self._children:
            pipe.close()
            child.join(5)
            if child.is_alive():
                child.kill()
                child.join()

    def figures(self, word: str = "figures") -> Figures:
        """All processes added up, without the list of joins. `wait_max_s` begins anew."""
        for _, pipe in self._children:
            pipe.send(word)
        total = Figures()
        for _, pipe in self._children:
            total = total.plus(pipe.recv())
        return total

    def decoded(self) -> Figures:
        """The same, and the sample is decoded; nobody reads meanwhile, so it is the last question."""
        return self.figures("decode")

    def until_seated(self, seconds: float, *, share: float = 1.0) -> Figures:
        """Waits until everybody has heard something, or the time is over."""
        until_s = time.monotonic() + seconds
        while True:
            found = self.figures()
            if found.heard.seated >= share * self.listeners or time.monotonic() > until_s:
                return self.figures("joins")
            time.sleep(0.5)


def _listen(plan: _Plan, pipe: Connection) -> None:
    """One process of the crowd."""
    die_with_parent()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    pipe.send("ready")
    pipe.recv()
    gc.disable()  # a pause of the collector would be read as a late write
    crowd = _Crowd(plan, pipe, fd_max=min(hard, SOCKETS_MAX + 1024))
    try:
        while time.monotonic() < crowd.ends_s:
            began_s = time.monotonic()
            crowd.join(began_s)
            crowd.read()
            time.sleep(max(0.0, began_s + plan.read_every_s - time.monotonic()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the parent has what it wanted
    crowd.cut()


class _Crowd:
    def __init__(self, plan: _Plan, pipe: Connection, *, fd_max: int) -> None:
        self._plan = plan
        self._pipe = pipe
        self._poll = select.epoll()
        self._poll.register(pipe.fileno(), select.EPOLLIN)
        self._socks: dict[int, socket.socket] = {}
        self._receive: list[Callable[[bytearray], int]] = [_nothing] * fd_max
        self._due_s: dict[int, float] = {}
        self._ears = Ears(
            fd_max,
            has_numbers=plan.target.has_numbers,
            samples=plan.samples,
            keeps_late=plan.keeps_late,
        )
        self._began_s = time.monotonic()
        self._joined = 0
        self._again = 0
        self._last_join_s = self._began_s
        self._joins_ms: list[float] = []
        self._errors = 0
        target = plan.target
        self._request = (
            f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\nUser-Agent: crowd\r\nAccept: */*\r\n\r\n"
        ).encode()
        self.ends_s = self._began_s + plan.seconds_max

    def join(self, now_s: float) -> None:
        """Whoever is due, however the earlier ones fare."""
        joining = self._plan.joining
        due = joining.due(now_s - self._began_s)
        if self._joined == due and self._again:
            # Whoever was refused knocks again when nobody else is due, as players do.
            again = min(self._again, _AGAIN_PER_ROUND)
            self._again -= again
            self._joined -= again
        while self._joined < due:
            group = self._joined // _PORTS_PER_ADDRESS
            source = f"127.{self._plan.network}.{group >> 8}.{(group & 255) + 1}"
            due_s = self._began_s + joining.due_s(self._joined)
            self._joined += 1
            sock = socket.socket()
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
            try:
                sock.bind((source, 0))
                sock.connect_ex((self._plan.target.host, self._plan.target.port))
            except OSError:
                self._errors += 1
                sock.close()
                continue
            fd = sock.fileno()
            self._socks[fd], self._due_s[fd] = sock, due_s
            self._receive[fd] = sock.recv_into
            # On loopback the connection is there already, unless the door's queue is full.
            self._poll.register(fd, _COMING if self._asked(fd) else select.EPOLLOUT)

    def _asked(self, fd: int) -> bool:
        try:
            return os.write(fd, self._request) == len(self._request)
        except OSError as error:
            if error.errno not in _JOIN_AGAIN:
                self._errors += 1
                return True
            return False

    def read(self) -> None:
        """Everything that has come."""
        now_s = time.monotonic()
        events = self._poll.poll(0, SOCKETS_MAX)
        pipe_fd = self._pipe.fileno()
        fds = [fd for fd, event in events if event == select.EPOLLIN and fd != pipe_fd]
        if len(fds) < len(events):
            fds += self._unusual([(fd, event) for fd, event in events if event != select.EPOLLIN])
            if any(fd == pipe_fd for fd, _ in events):
                self._pipe.send(self.figures(self._pipe.recv()))
        newcomers = [fd for fd in fds if fd in self._due_s] if self._due_s else []
        while fds:
            ended, fds = self._ears.read_all(fds, self._receive, now_s)
            for fd in ended:
                self._left(fd)
        if newcomers:
            self._last_join_s = time.monotonic()
            for fd in newcomers:
                if fd in self._due_s:
                    self._joins_ms.append(1000 * (self._last_join_s - self._due_s.pop(fd)))

    def _unusual(self, events: list[tuple[int, int]]) -> list[int]:
        """Whoever could not ask before, and the ends. Returns those who can be read from."""
        found = []
        for fd, event in events:
            if fd not in self._socks:
                continue
            if event & select.EPOLLOUT and not event & select.EPOLLIN:
                if self._asked(fd):
                    self._poll.modify(fd, _COMING)
                continue
            # An end tells itself once only: everything before it is read now, and it.
            ended: list[int] = []
            for _ in range(_READS_TO_THE_END_MAX):
                ended, _more = self._ears.read_all((fd,), self._receive, time.monotonic())
                if ended:
                    self._left(fd)
                    break
            else:
                found.append(fd)
        return found

    def _left(self, fd: int) -> None:
        if not self._ears.left(fd):
            self._again += 1
        self._poll.unregister(fd)
        self._due_s.pop(fd, None)
        self._receive[fd] = _nothing
        self._socks.pop(fd).close()

    def figures(self, word: str) -> Figures:
        found = Figures(
            self._ears.heard,
            time.process_time(),
            self._joins_ms if word == "joins" else [],
            self._ears.late_ms() if word == "late" else [],
            self._last_join_s - self._began_s,
            self._errors,
        )
        if word == "begin":
            self._ears.begin_late()
        if word == "decode":
            for fd, media in self._ears.media.items():
                found.decoded += 1
                found.decode_faults += not _decodes(bytes(media), chunks=self._ears.chunks[fd])
        self._ears.heard = replace(self._ears.heard, wait_max_s=0.0)
        return found

    def cut(self) -> None:
        """Resets, not closes: 200,000 sockets in TIME_WAIT would be the next run's problem."""
        linger = struct.pack("ii", 1, 0)
        for sock in self._socks.values():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            sock.close()


def _nothing(_buffer: bytearray) -> int:
    """Who has left has nothing to say."""
    return 0


def _decodes(media: bytes, *, chunks: int) -> bool:
    """Whether every sample of so many chunks comes out, one after the other."""
    samples, steps = 0, set()
    try:
        with av.open(io.BytesIO(media), "r") as container:
            before: int | None = None
            for frame in container.decode(audio=0):
                samples += frame.samples
                if before is not None and frame.pts is not None:
                    steps.add(frame.pts - before)
                before = frame.pts
    except av.FFmpegError:
        return False
    return chunks > 0 and abs(samples - chunks * CHUNK_SAMPLES) <= 2 * 1024 and len(steps) <= 2


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def percentile_line(name: str, found: Figures) -> str:
    """Joins, for people."""
    median = statistics.median(found.joins_ms) if found.joins_ms else 0.0
    return (
        f"# {name}: {len(found.joins_ms)} joins in {found.joining_s:.1f} s, median {median:.0f} ms, "
        f"99 % within {found.join_ms(0.99):.0f} ms, all within {found.join_ms(1.0):.0f} ms"
    )
