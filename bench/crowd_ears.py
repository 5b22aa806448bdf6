"""What the listeners of one load process have read: numbers in order, no byte of media unlooked at. Pure.

Comes in: bytes of many connections. Goes out: gaps, repeats, waits, the media of a sample. Never: a socket.

Checking must cost less than sending, or the benchmark measures itself. All listeners of a slot read the same
bytes: the first parses them box by box, the others compare theirs with what was parsed (a `memcmp`).
"""

import struct
from array import array
from dataclasses import dataclass

_KEY_BYTES = 40
"""The first box is an `emsg`, whose first 40 bytes name the chunk."""
_KNOWN_MAX = 64
_HEAD_BYTES_MAX = 4096
_NO_HEAD, _NO_CHUNK = -2, -1
_MFHD_NUMBER_AT = 20
"""Into `moof`: two box heads of 8 bytes, version and flags."""


@dataclass(slots=True)
class Heard:
    """Since the beginning, but for `wait_max_s`: since it was last asked.

    Args:
        seated: listeners whose answer has begun.
        refused: answers that were not a stream, and connections without an answer.
        ended: streams that ended.
        gaps, repeats: chunks that were missed, or came twice.
        parsed: reads that were looked at box by box; the others were compared.
    """

    size_bytes: int = 0
    reads: int = 0
    parsed: int = 0
    seated: int = 0
    refused: int = 0
    ended: int = 0
    gaps: int = 0
    repeats: int = 0
    wait_max_s: float = 0.0


class Ears:
    """The listeners of one process, by descriptor.

    Args:
        has_numbers: the stream is `live.mp4`; else bytes are counted only.
        samples: so many listeners keep their media, to be decoded afterwards.
    """

    def __init__(self, fd_max: int, *, has_numbers: bool, samples: int) -> None:
        self.heard = Heard()
        self.media: dict[int, bytearray] = {}
        self.chunks: dict[int, int] = {}
        self._has_numbers = has_numbers
        self._samples = samples
        self._next = array("q", [_NO_HEAD]) * fd_max
        self._moved_s = array("d", bytes(8 * fd_max))
        self._rest: dict[int, bytes] = {}
        self._known: dict[bytes, tuple[bytes, int, int]] = {}

    def take(self, fd: int, data: bytes, now_s: float) -> None:
        """What one listener has read."""
        heard = self.heard
        heard.size_bytes += len(data)
        heard.reads += 1
        if self._next[fd] != _NO_HEAD:
            waited_s = now_s - self._moved_s[fd]
            heard.wait_max_s = max(heard.wait_max_s, waited_s)
        self._moved_s[fd] = now_s
        if fd not in self._rest and fd not in self.media:
            known = self._known.get(data[:_KEY_BYTES])
            if known is not None and known[0] == data:
                self._heard(fd, known[1])
                self._next[fd] = known[2] + 1
                return
        self._parse(fd, data)

    def left(self, fd: int) -> bool:
        """The connection has ended; nobody here wanted that. Returns whether they had been seated."""
        was_seated = self._next[fd] != _NO_HEAD
        self._next[fd] = _NO_HEAD
        self._rest.pop(fd, None)
        if was_seated:
            self.heard.ended += 1
        else:
            self.heard.refused += 1
        return was_seated

    def _parse(self, fd: int, data: bytes) -> None:
        rest = self._rest.pop(fd, None)
        whole = data if rest is None else rest + data
        if self._next[fd] == _NO_HEAD:
            head, end, whole = whole.partition(b"\r\n\r\n")
            if not end:
                self._rest[fd] = head[:_HEAD_BYTES_MAX]
                return
            if b" 200 " not in head[:16]:
                return  # the end of the connection follows
            self.heard.seated += 1
            self._next[fd] = _NO_CHUNK
            if len(self.media) < self._samples:
                self.media[fd], self.chunks[fd] = bytearray(), 0
        if not self._has_numbers or not whole:
            return
        self.heard.parsed += 1
        first, last, end_at = self._chunks(fd, whole)
        if end_at < len(whole):
            self._rest[fd] = whole[end_at:]
        elif whole is data and whole[4:8] == b"emsg":
            while len(self._known) >= _KNOWN_MAX:
                del self._known[next(iter(self._known))]
            self._known[whole[:_KEY_BYTES]] = (whole, first, last)
        if fd in self.media:
            self.media[fd] += whole[:end_at]

    def _chunks(self, fd: int, whole: bytes) -> tuple[int, int, int]:
        """Walks over whole chunks. Returns the first and last number and where they end."""
        at, end_at, first, number = 0, 0, -1, -1
        while at + 8 <= len(whole):
            size, kind = struct.unpack_from(">I4s", whole, at)
            if at + size > len(whole) or size < 8:
                break
            if kind == b"moof":
                number = struct.unpack_from(">I", whole, at + _MFHD_NUMBER_AT)[0] - 1
            elif kind == b"mdat":
                self._heard(fd, number)
                self._next[fd] = number + 1
                first, end_at = (number if first < 0 else first), at + size
                if fd in self.chunks:
                    self.chunks[fd] += 1
            at += size
        return first, number, end_at

    def _heard(self, fd: int, number: int) -> None:
        expected = self._next[fd]
        if expected == number or expected < 0:
            return
        if number > expected:
            self.heard.gaps += number - expected
        else:
            self.heard.repeats += 1
