"""One TCP connection at the gate: uvicorn's httptools protocol with bounds of our own.

Comes in: bytes of anybody. Goes out: requests that are small enough, came in time and may be answered now;
the descriptor itself, for a live stream. Never: a request whose head is over 8 KiB, 32 fields or 5 s; a body
that takes over 5 s; a hundred requests a second; an answer that is kept for somebody who has taken nothing of
it for 15 s.

The only file that knows uvicorn's insides; `tests/edge/test_connection.py` is its contract.
"""

import asyncio
import os
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stentor.edge.asked import Asked, asked
from stentor.edge.express import Express
from stentor.edge.guard import Guard
from stentor.edge.held import Held
from stentor.edge.knock import knocked
from stentor.edge.listener import PATIENCE_S
from stentor.edge.refusals import OVER_BUDGET
from stentor.edge.sockets import acked_bytes

HEAD_BYTES_MAX = 8 * 1024
HEAD_FIELDS_MAX = 32
URL_BYTES_MAX = 1024
SILENT_S = 3.0
"""From a connection's opening to its first byte. A browser that opens one in advance opens another."""
HEAD_WAIT_S = 5.0
"""From a connection's opening, or a request's first byte, to the end of its head."""
BODY_WAIT_S = 5.0
"""From the end of a head to the end of its body; 1 KiB (`extras/bodies.py`) fits into two packets."""
KEEP_ALIVE_S: Final = 20
KEEP_ALIVE_BUSY_S: Final = 5
"""While the door is hot. An HLS player without low latency asks every 5.76 s and opens another one then."""
REQUESTS_PER_S_MAX: Final = 100
"""Of one connection. An LL-HLS player asks 3.3 times, a page with all its files 30 times at once."""
REQUESTS_PER_S_BUSY: Final = 12
"""While the door is hot, whoever asks more often on one connection is refused first: a flood over few
connections from many addresses shows in nothing else. LL-HLS with captions asks 6.6 times, a page has six
connections for its thirty files."""
REFUSED_PAUSE_S: Final = 0.5
"""Whoever is refused was told to come back in a second at the earliest."""
PIPELINED_MAX: Final = 8
"""Requests that wait for the answer before theirs. 64 KiB may hold 3,600, with 2 KiB of objects each."""
EXTENSION = "stentor.connection"
_TOO_MANY_SPREAD_S: Final = 10.0
_BODY_TO_COME: Final = re.compile(rb"\n(?:content-length|transfer-encoding)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a connection came here.

    Args:
        address: the peer's; behind the PROXY protocol the client's.
        door: the listening socket's address and port.
        at_s: loop time of its opening.
        was_judged: its first request may be answered, `doorstep.py` has asked.
        is_on_reserve: it was let in when only those who are in should be.
    """

    address: str
    port: int
    door: tuple[str, int]
    at_s: float
    was_judged: bool = False
    is_on_reserve: bool = False


@dataclass(frozen=True, slots=True)
class Hall:
    """What all connections of a gate share.

    Args:
        express: answers knocks by itself; None: there is none in this house (a test's).
        on_stall: called when an answer is given up because nobody takes it.
        silent_s, head_s, body_s, pause_s: see SILENT_S, HEAD_WAIT_S, BODY_WAIT_S, REFUSED_PAUSE_S; tests have
            less patience.
    """

    guard: Guard
    held: Held
    express: Express | None = None
    stall_s: float = PATIENCE_S
    on_stall: Callable[[], None] = field(default=lambda: None)
    silent_s: float = SILENT_S
    head_s: float = HEAD_WAIT_S
    body_s: float = BODY_WAIT_S
    pause_s: float = REFUSED_PAUSE_S


class Connection(HttpToolsProtocol):
    """uvicorn makes one per connection and calls it back."""

    hall: Hall
    arrival: Arrival

    def connection_made(self, transport: Any) -> None:
        # Not uvicorn's own: it asks the kernel for both addresses, which costs as much as a refusal.
        self.connections.add(self)
        self.transport = transport
        self.flow = FlowControl(transport)
        self.scheme = "http"
        self.server = self.arrival.door
        self.client = (self.arrival.address, self.arrival.port)
        self._head_bytes = 0
        self._is_refused = False
        self._is_skipped = False
        self._is_judged = self.arrival.was_judged
        self._second = 0
        self._requests = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self.hall.held.wakes(self)
        self._arm(since_s=self.arrival.at_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._stop_watching()
        if self._pause is not None:
            self._pause.cancel()
        self.hall.held.ends(self)
        super().connection_lost(exc)
        # The scope knows its connection. While the connection knows the scope as well, only the collector of
        # cycles frees them, 2 kB of objects each, in pauses that a flood makes long.
        self.scope = self.cycle = None  # type: ignore[assignment]
        self.pipeline.clear()

    def give_up(self) -> None:
        """Ends an idle connection: somebody else needs the room."""
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self.hall.held.wakes(self)
        if self.hall.guard.shedder.is_hot and not self._head_bytes and self._is_shed_unread(data):
            return
        # Bytes since the last head was complete; the parser itself keeps a field of any length.
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES_MAX and b"\r\n\r\n" not in data[:HEAD_BYTES_MAX]:
            self._refuse(b"431 Request Header Fields Too Large")
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arm(since_s=self.loop.time())
        self._count()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > URL_BYTES_MAX:
            self._refuse(b"414 URI Too Long")

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > HEAD_FIELDS_MAX:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        self._disarm()
        self._head_bytes = 0
        if self._is_refused or self._is_shed():
            return
        if len(self.pipeline) >= PIPELINED_MAX:
            self._end()
            return
        extensions: dict[str, Any] = {EXTENSION: self}
        self.scope["extensions"] = extensions
        super().on_headers_complete()
        if has_body(self.headers):
            self._deadline = self.loop.call_later(self.hall.body_s, self._too_slow)

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        if not (self._is_refused or self._is_skipped):
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._disarm()
        if not (self._is_refused or self._is_skipped):
            super().on_message_complete()
        self._is_skipped = False

    def on_response_complete(self) -> None:
        guard = self.hall.guard
        self.timeout_keep_alive = KEEP_ALIVE_BUSY_S if guard.shedder.is_hot else KEEP_ALIVE_S
        super().on_response_complete()
        if not self.pipeline:
            self.hall.held.rests(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self._acknowledged())

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def descriptor(self) -> int | None:
        """A copy of the connection's descriptor, to be given away. None: the peer has gone already."""
        sock = self.transport.get_extra_info("socket")
        if self.transport.is_closing() or sock is None or sock.fileno() < 0:
            return None
        return os.dup(sock.fileno())

    def let_go(self) -> None:
        """Forgets the connection without ending it: somebody else has a copy and writes the answer."""
        # uvicorn takes it for a peer that has left, and closes this process's descriptor only; nothing was
        # written, so there is nothing to flush and no shutdown.
        if self.cycle is not None:
            self.cycle.disconnected = True
        self.transport.close()

    def _watch(self, acknowledged: int | None) -> None:
        """Looks again after `stall_s`. A long download over a slow line goes on for as long as it moves."""
        self._stall = self.loop.call_later(self.hall.stall_s, self._look_for_progress, acknowledged)

    def _look_for_progress(self, before: int | None) -> None:
        now = self._acknowledged()
        if now is None or now == before:
            self.hall.on_stall()
            # Closing would wait for the bytes that are stuck.
            self.transport.abort()
        else:
            self._watch(now)

    def _acknowledged(self) -> int | None:
        """Bytes that have arrived at the peer; not what the kernel took, which may hold minutes."""
        fd = self.descriptor()
        if fd is None:
            return None
        with socket.socket(fileno=fd) as sock:
            found = acked_bytes(sock)
        return found and found[0]

    def _stop_watching(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _is_shed_unread(self, data: bytes) -> bool:
        """Judges a whole request at the beginning of its connection's turn, without a parser."""
        if self._is_judged or self._is_many or self._is_waiting or not data.startswith((b"GET ", b"HEAD ")):
            return False
        # A body that comes later would be read as a request: behind an unnamed proxy, as somebody else's.
        if data.find(b"\r\n\r\n") != len(data) - 4 or _BODY_TO_COME.search(data):
            return False
        if (what := asked(data)) is None:
            return False
        refusal = self._refusal_of(what, self.arrival.address, is_kept=True)
        self._is_judged = refusal is None
        if refusal is not None:
            self._count()
            if not self._is_refused:
                self._answer_shed(self._place(data, self.arrival.address, is_kept=True) or refusal)
        return refusal is not None

    def _is_shed(self) -> bool:
        """Judges a request by its line and, behind a proxy that was named, by whom that speaks for."""
        if self._is_judged:
            self._is_judged = False
            return False
        line = b"%s %s HTTP/1.1\r\n" % (self.parser.get_method(), self.url)
        what = asked(line)
        if what is None:
            return False
        address = self.arrival.address
        if self._is_many:
            told = b",".join(value for name, value in self.headers if name == b"x-forwarded-for")
            address = self.hall.guard.trusted.requester(address, told.decode("latin-1"))
        may_keep = not (self._is_waiting or has_body(self.headers))
        refusal = self._refusal_of(what, address, is_kept=may_keep)
        if refusal is None:
            return False
        refusal = self._place(line + b"\r\n", address, is_kept=may_keep) or refusal
        if may_keep:
            self._is_skipped = True
            self._answer_shed(refusal)
        else:
            self._end(b"" if self._is_waiting else refusal)
        return True

    def _refusal_of(self, what: Asked, address: str, *, is_kept: bool) -> bytes | None:
        return self.hall.guard.refusal(
            what,
            address,
            port=self.arrival.port,
            now_s=self.loop.time(),
            is_kept=is_kept,
            is_scarce=self.arrival.is_on_reserve,
            is_pushy=self._is_pushy,
        )

    def _place(self, head: bytes, address: str, *, is_kept: bool) -> bytes | None:
        """What a newcomer is told instead of a refusal. None: nothing that a place would help was asked."""
        express, knock = self.hall.express, knocked(head)
        if express is None or knock is None:
            return None
        found = express.answer(knock, address, may_sit=False, is_kept=is_kept)
        return found if isinstance(found, bytes) else None

    def _answer_shed(self, refusal: bytes) -> None:
        """The connection stays: to open another would cost more than the next refusal. It is not read for a
        moment, so that it cannot ask again before the others have asked once."""
        self.transport.write(refusal)
        if not self._is_many and self._pause is None:
            self.flow.pause_reading()
            self._pause = self.loop.call_later(self.hall.pause_s, self._read_on)
        self._disarm()
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            KEEP_ALIVE_BUSY_S, self.timeout_keep_alive_handler
        )
        self.hall.held.rests(self)

    def _read_on(self) -> None:
        self._pause = None
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _count(self) -> None:
        """Ends a connection that asks more often than any player does."""
        second = int(self.loop.time())
        if second != self._second:
            self._second, self._requests = second, 0
        self._requests += 1
        if self._requests > REQUESTS_PER_S_MAX and not self._is_many:
            refusal = OVER_BUDGET.next(
                spread_s=_TOO_MANY_SPREAD_S, is_for_all=False, has_body=True, is_kept=False
            )
            self._end(b"" if self._is_waiting else refusal)

    @property
    def _is_pushy(self) -> bool:
        """Whether it asks more often than a player does, for itself alone."""
        is_now = self._second == int(self.loop.time())
        return is_now and self._requests > REQUESTS_PER_S_BUSY and not self._is_many

    @property
    def _is_many(self) -> bool:
        """Whether the connection speaks for more than one asker."""
        return self.hall.guard.is_exempt(self.arrival.address)

    @property
    def _is_waiting(self) -> bool:
        """Whether an answer is on its way: nothing else may be written now."""
        return self.cycle is not None and not self.cycle.response_complete

    def _end(self, last: bytes = b"") -> None:
        if not self._is_refused:
            self._is_refused = True
            self._disarm()
            if last:
                self.transport.write(last)
            self.transport.close()

    def _refuse(self, status: bytes) -> None:
        self._end(b"\r\n".join((b"HTTP/1.1 " + status, b"content-length: 0", b"connection: close", b"", b"")))

    def _arm(self, *, since_s: float) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_at(since_s + self.hall.head_s, self._too_slow)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(b"408 Request Timeout")


def connections(hall: Hall) -> type[Connection]:
    """uvicorn's protocol for one gate."""
    return type("Connection", (Connection,), {"hall": hall})


def has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in headers
    )
