"""A listener who never gives up, as the web player does: reads `live.mp4`, joins again with `?from=`.

Writes down every chunk number that it got and when, so that a test can ask for gaps and repeats.
"""

import contextlib
import http.client
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from stentor.formats.cmaf import chunk_number, packets_of
from stentor.formats.emsg import ticks_of

_OPUS_SILENCE_BYTES_MAX = 8


@dataclass
class Heard:
    """One chunk as it arrived."""

    number: int
    at_s: float
    is_silence: bool


@dataclass
class Listener:
    """Runs in a thread between `start` and `stop`."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    ticks: int = 0
    joins: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Listener":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)

    @property
    def numbers(self) -> list[int]:
        return [h.number for h in self.heard]

    def heard_after(self, moment_s: float) -> float | None:
        """When the first chunk after `moment_s` arrived that is not the filling of a hole."""
        return next((h.at_s for h in list(self.heard) if h.at_s > moment_s and not h.is_silence), None)

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._listen()
            self._stop.wait(0.25)

    def _listen(self) -> None:
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=3)
        resume = f"?from={self.heard[-1].number + 1}" if self.heard else ""
        connection.request("GET", parts.path + resume)
        answer = connection.getresponse()
        try:
            if answer.status != 200:
                return
            self.joins += 1
            buffer = b""
            while not self._stop.is_set():
                part = answer.read1(65_536)
                if not part:
                    return
                buffer = self._take(buffer + part)
        finally:
            connection.close()

    def _take(self, buffer: bytes) -> bytes:
        while len(buffer) >= 8:
            size = int.from_bytes(buffer[:4])
            if len(buffer) < size:
                break
            kind = buffer[4:8]
            if kind == b"emsg":
                self.ticks += len(ticks_of(buffer[:size]))
            elif kind == b"moof":
                if len(buffer) < size + 8:
                    break
                whole = size + int.from_bytes(buffer[size : size + 4])
                if len(buffer) < whole:
                    break
                chunk = buffer[:whole]
                loudest = max(len(packet) for packet in packets_of(chunk))
                self.heard.append(
                    Heard(chunk_number(chunk), time.monotonic(), loudest <= _OPUS_SILENCE_BYTES_MAX)
                )
                size = whole
            buffer = buffer[size:]
        return buffer
