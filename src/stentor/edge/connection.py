"""One TCP connection at the gate: uvicorn's httptools protocol with bounds of our own.

Comes in: bytes of anybody. Goes out: requests that are small enough and came in time; the descriptor itself,
for a live stream. Never: a request whose head is over 8 KiB, 32 fields or 10 s; a body that takes over 5 s;
an answer that is kept for somebody who has taken nothing of it for 15 s.

The only file that knows uvicorn's insides; `tests/edge/test_connection.py` is its contract.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stentor.edge.listener import PATIENCE_S
from stentor.edge.sockets import acked_bytes

HEAD_BYTES_MAX = 8 * 1024
HEAD_FIELDS_MAX = 32
URL_BYTES_MAX = 1024
HEAD_WAIT_S = 10.0
"""From a connection's opening, or a request's first byte, to the end of its head."""
BODY_WAIT_S = 5.0
"""From the end of a head to the end of its body; 1 KiB (`extras/bodies.py`) fits into two packets."""
EXTENSION = "stentor.connection"


class Connection(HttpToolsProtocol):
    """uvicorn makes one per connection and calls it back."""

    stall_s = PATIENCE_S

    def stalled(self) -> None:
        """Called when an answer is given up because nobody takes it; `patient` counts them."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_bytes = 0
        self._is_refused = False
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        # Bytes since the last head was complete; the parser itself keeps a field of any length.
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES_MAX and b"\r\n\r\n" not in data[:HEAD_BYTES_MAX]:
            self._refuse(b"431 Request Header Fields Too Large")
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arm()

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
        if self._is_refused:
            return
        extensions: dict[str, Any] = {EXTENSION: self}
        self.scope["extensions"] = extensions
        super().on_headers_complete()
        if has_body(self.headers):
            self._deadline = self.loop.call_later(BODY_WAIT_S, self._too_slow)

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._disarm()
        if not self._is_refused:
            super().on_message_complete()

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
        self._stall = self.loop.call_later(self.stall_s, self._look_for_progress, acknowledged)

    def _look_for_progress(self, before: int | None) -> None:
        now = self._acknowledged()
        if now is None or now == before:
            self.stalled()
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

    def _refuse(self, status: bytes) -> None:
        if self._is_refused:
            return
        self._is_refused = True
        self._disarm()
        lines = (b"HTTP/1.1 " + status, b"content-length: 0", b"connection: close", b"", b"")
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def _arm(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_WAIT_S, self._too_slow)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        self._refuse(b"408 Request Timeout")


def patient(stall_s: float, *, on_stall: Callable[[], None]) -> type[Connection]:
    """Connections whose answers wait so long for somebody who takes nothing; `on_stall` hears of each."""
    return type("Connection", (Connection,), {"stall_s": stall_s, "stalled": lambda _: on_stall()})


def has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in headers
    )
