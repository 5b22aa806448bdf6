"""A crowd of LL-HLS players over real keep-alive HTTP/1.1, one epoll loop per process.

Comes in: the address of a list, how its server is followed. Goes out: a tally: parts in order, bytes, faults,
how late each part came. Every byte is read; the first player's list and parts are looked at, the others' are
compared with them byte by byte, so that checking costs less than serving.
"""

import errno
import gzip
import os
import select
import socket
from dataclasses import dataclass
from typing import TypeVar

from crowd_hls_player import Ask, Listed, Player, part_number
from crowd_process import ROUND_S, CrowdProcess, Tally, connecting, reset
from stentor.errors import BadInput

_READ_BYTES = 64 * 1024
_HEAD_BYTES_MAX = 4096
_KNOWN_MAX = 64
_OK = b"HTTP/1.1 200 "
Key = TypeVar("Key")
Value = TypeVar("Value")
_NOT_YET = {errno.EAGAIN, errno.ENOTCONN, errno.EINPROGRESS}


@dataclass(frozen=True, slots=True)
class HlsPlan:
    """A crowd.

    Args:
        folder: the path of the lists, ending with a slash.
        is_blocking: the server holds requests; else the lists are polled.
        network: the source address is 127.`network`.0.1, unless `source` names another.
    """

    host: str
    port: int
    folder: str
    is_blocking: bool
    listeners: int
    joins_per_s: float
    network: int
    source: str = ""


def hls_crowd(
    host: str, port: int, folder: str, *, is_blocking: bool, listeners: int, network: int, seconds_max: float
) -> CrowdProcess[HlsPlan]:
    """Players who come within two seconds, so that those who poll are spread over the time of a part."""
    plan = HlsPlan(host, port, folder, is_blocking, listeners, listeners / 2, network)
    return CrowdProcess(HlsCrowd, plan, listeners=listeners, seconds_max=seconds_max)


class _Line:
    """One connection of one player."""

    __slots__ = ("ask", "player", "rest", "sock", "to_send")

    def __init__(self, sock: socket.socket, player: "_Listener") -> None:
        self.sock = sock
        self.player = player
        self.ask: Ask | None = None
        self.to_send = b""
        self.rest = b""


class _Listener:
    __slots__ = ("for_lists", "for_parts", "is_seated", "thinks")

    def __init__(self, *, is_blocking: bool) -> None:
        self.thinks = Player(is_blocking=is_blocking)
        self.for_lists: _Line | None = None
        self.for_parts: _Line | None = None
        self.is_seated = False


class HlsCrowd:
    """The players of one process."""

    def __init__(self, plan: HlsPlan) -> None:
        self.tally = Tally()
        self._plan = plan
        self._poll = select.epoll()
        self._lines: dict[int, _Line] = {}
        self._joined = 0
        self._began_s: float | None = None
        self._due: dict[int, list[_Listener]] = {}
        self._step = 0
        self._known_lists: dict[bytes, Listed] = {}
        self._known_parts: dict[int, tuple[bytes, int, float]] = {}
        self._head = f" HTTP/1.1\r\nHost: {plan.host}\r\nUser-Agent: crowd\r\nAccept: */*\r\n"

    def step(self, now_s: float) -> None:
        self._join(now_s)
        first, self._step = self._step, int(now_s / ROUND_S)
        for step in range(first, self._step + 1) if first else ():
            for listener in self._due.pop(step, ()):
                self._go_on(listener, now_s)
        for fd, event in self._poll.poll(0, len(self._lines) + 1):
            line = self._lines[fd]
            if event & select.EPOLLOUT and line.to_send:
                self._send(line)
            if event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                self._read(line, now_s)

    def cut(self) -> None:
        for line in self._lines.values():
            reset(line.sock)

    def _join(self, now_s: float) -> None:
        plan = self._plan
        if self._began_s is None:
            self._began_s = now_s
        due = min(plan.listeners, int((now_s - self._began_s) * plan.joins_per_s) + 1)
        while self._joined < due:
            self._joined += 1
            listener = _Listener(is_blocking=plan.is_blocking)
            try:
                listener.for_lists = listener.for_parts = self._opened(listener)
                if plan.is_blocking:
                    listener.for_parts = self._opened(listener)
            except OSError:
                self.tally.trouble("no connection")
                continue
            self._go_on(listener, now_s)

    def _opened(self, listener: _Listener) -> _Line:
        plan = self._plan
        sock = connecting(plan.host, plan.port, source=plan.source or f"127.{plan.network}.0.1")
        line = self._lines[sock.fileno()] = _Line(sock, listener)
        self._poll.register(sock.fileno(), select.EPOLLIN)
        return line

    def _go_on(self, listener: _Listener, now_s: float) -> None:
        """Every connection that is free asks for what is due next."""
        thinks, for_parts, for_lists = listener.thinks, listener.for_parts, listener.for_lists
        if for_parts is not None and for_parts.ask is None and (ask := thinks.part_ask()) is not None:
            self._ask(for_parts, ask)
        if for_lists is None or for_lists.ask is not None:
            return
        if thinks.due_s <= now_s:
            self._ask(for_lists, thinks.list_ask(now_s))
        else:
            self._due.setdefault(max(self._step + 1, int(thinks.due_s / ROUND_S)), []).append(listener)

    def _ask(self, line: _Line, ask: Ask) -> None:
        line.ask = ask
        # Lists come packed, media does not: what browsers' players ask for.
        coding = "identity" if ask.part is not None else "gzip"
        line.to_send = (
            f"GET {self._plan.folder}{ask.uri}{self._head}Accept-Encoding: {coding}\r\n\r\n".encode()
        )
        self._send(line)

    def _send(self, line: _Line) -> None:
        try:
            sent = os.write(line.sock.fileno(), line.to_send)
        except OSError as error:
            if error.errno not in _NOT_YET:
                self.tally.trouble("cannot ask")
                return
            sent = 0
        is_whole = sent == len(line.to_send)
        line.to_send = line.to_send[sent:]
        self._poll.modify(line.sock.fileno(), select.EPOLLIN | (0 if is_whole else select.EPOLLOUT))

    def _read(self, line: _Line, now_s: float) -> None:
        try:
            data = os.read(line.sock.fileno(), _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._left(line)
            return
        self.tally.size_bytes += len(data)
        whole = line.rest + data if line.rest else data
        end = whole.find(b"\r\n\r\n", 0, _HEAD_BYTES_MAX)
        size = _length(whole[:end]) if end >= 0 else -1
        if size < 0 or len(whole) < end + 4 + size:
            line.rest = whole
            if (end >= 0 and size < 0) or (end < 0 and len(whole) > _HEAD_BYTES_MAX):
                self.tally.trouble("an answer without length")
                self._left(line)
            return
        line.rest = b""
        ask, line.ask = line.ask, None
        self.tally.answers += 1
        if ask is None or len(whole) > end + 4 + size:
            self.tally.trouble("more than was asked for")
        elif not whole.startswith(_OK):
            self.tally.trouble(whole[9:12].decode("ascii", "replace"))
            line.player.thinks.failed(now_s)
        else:
            self._take(line.player, ask, whole[end + 4 :], now_s)
        self._go_on(line.player, now_s)

    def _take(self, listener: _Listener, ask: Ask, body: bytes, now_s: float) -> None:
        if ask.part is None:
            listed = self._listed(body)
            wrong = "not a list" if listed is None else listener.thinks.take_list(listed)
            if listed is None:
                listener.thinks.failed(now_s)
        else:
            wrong = listener.thinks.take_part(self._number(ask.part, body, now_s))
            self.tally.heard += 1
            if not listener.is_seated:
                listener.is_seated = True
                self.tally.seated += 1
        if wrong is not None:
            self.tally.trouble(wrong)

    def _listed(self, body: bytes) -> Listed | None:
        known = self._known_lists.get(body)
        if known is None:
            _forget_oldest(self._known_lists)
            try:
                text = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
                known = self._known_lists[body] = Listed.read(text.decode())
            except (BadInput, OSError, EOFError, UnicodeDecodeError):
                return None
        return known

    def _number(self, asked: int, body: bytes, now_s: float) -> int:
        known = self._known_parts.get(asked)
        if known is None:
            _forget_oldest(self._known_parts)
            known = self._known_parts[asked] = (body, part_number(body), now_s)
        self.tally.lag_s += now_s - known[2]
        return known[1] if known[0] == body else -1

    def _left(self, line: _Line) -> None:
        self.tally.trouble("a connection that ended")
        self._poll.unregister(line.sock.fileno())
        del self._lines[line.sock.fileno()]
        line.sock.close()
        listener = line.player
        listener.for_lists = None if listener.for_lists is line else listener.for_lists
        listener.for_parts = None if listener.for_parts is line else listener.for_parts


def _length(head: bytes) -> int:
    """Content-Length; −1: there is none."""
    found = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0].strip()
    return int(found) if found.isdigit() else -1


def _forget_oldest(known: dict[Key, Value]) -> None:
    while len(known) >= _KNOWN_MAX:
        del known[next(iter(known))]
