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
import heapq
import io
import os
import random
import resource
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import av

from crowd_addresses import Addresses, loopback
from crowd_ears import Ears
from crowd_figures import Figures
from crowd_joining import Joining, Returning
from stentor.limits import CHUNK_SAMPLES
from stentor.process import die_with_parent

SOCKETS_MAX = 18_000
"""Per process; the limit of files is 20,000 in many places."""
SECONDS_MAX = 300.0
_READ_EVERY_S = 0.02
"""Reading in rounds, as a machine with a busy network does: a wake-up per write would be the writer's."""
_COMING = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET
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
        chunk_bytes: else: so many bytes are a chunk's time.
    """

    host: str
    port: int
    path: str
    has_numbers: bool = True
    chunk_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Back:
    """How those come again who were cut off.

    Args:
        within_s: they knock after a time between 0 and this, spread evenly, until they are in.
        target: where, on the same path; None: where they were.
    """

    within_s: float
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    target: Target
    listeners: int
    joining: Joining
    addresses: Addresses
    samples: int
    seconds_max: float
    read_every_s: float
    keeps_late: bool
    cushion_s: float | None
    back: Back | None


class Load:
    """A crowd for as long as the block runs.

    Args:
        network: of loopback, unless `addresses` says where they come from.
        cushion_s: what a player keeps ahead of the ear: stalls are counted; not together with `keeps_late`.
        back: how whoever is cut off comes again. None: they stay away.
    """

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
        addresses: Addresses | None = None,
        cushion_s: float | None = None,
        back: Back | None = None,
    ) -> None:
        count = -(-listeners // SOCKETS_MAX)
        shares = [listeners // count + (index < listeners % count) for index in range(count)]
        self.listeners = listeners
        self._plans = [
            _Plan(
                target,
                share,
                Joining(share, joins_per_s / count, (joins_at_last_per_s or joins_per_s) / count),
                addresses.after(sum(shares[:index])) if addresses else loopback(network + index),
                samples // count + (index < samples % count),
                seconds_max,
                read_every_s,
                keeps_late,
                cushion_s,
                back,
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
        self._index: dict[int, int] = {}
        self._ears = Ears(
            fd_max,
            has_numbers=plan.target.has_numbers,
            samples=plan.samples,
            keeps_late=plan.keeps_late,
            cushion_s=plan.cushion_s,
            chunk_bytes=plan.target.chunk_bytes,
        )
        self._returning: list[Returning] = []
        self._chance = random.Random(plan.target.port)
        self._began_s = time.monotonic()
        self._joined = 0
        self._again = 0
        self._last_join_s = self._began_s
        self._joins_ms: list[float] = []
        self._errors = 0
        self._request = _request(plan.target, "")
        self._papers: dict[int, str] = {}
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
            index, self._joined = self._joined, self._joined + 1
            self._knock(index, self._began_s + joining.due_s(index))
        while self._returning and self._returning[0].due_s <= now_s:
            back = heapq.heappop(self._returning)
            self._knock(back.index, back.due_s, back=back)

    def _knock(self, index: int, due_s: float, *, back: Returning | None = None) -> None:
        plan = self._plan
        target = (back and plan.back and plan.back.target) or plan.target
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        try:
            sock.bind((plan.addresses.of(index), 0))
            sock.connect_ex((target.host, target.port))
        except OSError:
            self._errors += 1
            sock.close()
            return
        fd = sock.fileno()
        self._socks[fd], self._due_s[fd], self._index[fd] = sock, due_s, index
        self._papers[fd] = back.paper if back else ""
        if back:
            self._ears.expect(fd, back.dry_s)
        self._receive[fd] = sock.recv_into
        # On loopback the connection is there already, unless the door's queue is full.
        self._poll.register(fd, _COMING if self._asked(fd) else select.EPOLLOUT)

    def _asked(self, fd: int) -> bool:
        try:
            paper = self._papers.get(fd)
            request = _request(self._plan.target, paper) if paper else self._request
            return os.write(fd, request) == len(request)
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
        index, dry_s = self._index.pop(fd), self._ears.dry_s(fd)
        paper = self._ears.paper_of(fd) or self._papers[fd]
        was_seated = self._ears.left(fd)
        if self._plan.back is not None:
            due_s = time.monotonic() + self._chance.uniform(0, self._plan.back.within_s)
            heapq.heappush(self._returning, Returning(due_s, index, dry_s, paper))
        elif not was_seated:
            self._again += 1
        self._poll.unregister(fd)
        self._due_s.pop(fd, None)
        self._receive[fd] = _nothing
        self._socks.pop(fd).close()

    def figures(self, word: str) -> Figures:
        now_s = time.monotonic()
        found = Figures(
            self._ears.heard,
            time.process_time(),
            self._joins_ms if word == "joins" else [],
            self._ears.late_ms() if word == "late" else [],
            self._last_join_s - self._began_s,
            self._errors,
            self._ears.stalled_s(now_s) + sum(back.stalled_s(now_s) for back in self._returning),
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


def _request(target: Target, paper: str) -> bytes:
    """A knock; with the pass of whoever was in before, the ticket of whoever waits."""
    sign = "&" if "?" in target.path else "?"
    path = f"{target.path}{sign}{paper}" if paper else target.path
    return f"GET {path} HTTP/1.1\r\nHost: {target.host}\r\nUser-Agent: crowd\r\nAccept: */*\r\n\r\n".encode()


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
