"""What the listeners of one load process have read: numbers in order, no byte of media unlooked at. Pure.

Comes in: bytes of many connections. Goes out: gaps, repeats, waits, how late chunks came, the media of a
sample. Never: a socket.

Checking must cost less than sending, or the benchmark measures itself. All listeners of a slot read the same
bytes: the first parses them box by box, the others compare theirs with what was parsed (a `memcmp`, where
they were read to: nothing is allocated for a listener who hears what the one before has heard).
"""

import re
import struct
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from crowd_late import Lateness
from crowd_stalls import Stalls

_READ_BYTES = 64 * 1024
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


_CADENCE = re.compile(rb'"cadence": ?(\d)')
_TICKET = re.compile(rb'"ticket": ?"([^"]+)"')


class Ears:
    """The listeners of one process, by descriptor.

    Args:
        has_numbers: the stream is `live.mp4`; else bytes are counted only.
        samples: so many listeners keep their media, to be decoded afterwards.
        keeps_late: how late each read comes is kept; it costs a tenth of the rest.
        cushion_s: what a player keeps ahead; stalls are counted, for the same price, instead of lateness.
        chunk_bytes: of a stream without numbers: so many bytes are a chunk's time; 0: nobody asks.
    """

    def __init__(
        self,
        fd_max: int,
        *,
        has_numbers: bool,
        samples: int,
        keeps_late: bool = False,
        cushion_s: float | None = None,
        chunk_bytes: int = 0,
    ) -> None:
        self.heard = Heard()
        self.media: dict[int, bytearray] = {}
        self.chunks: dict[int, int] = {}
        self._has_numbers = has_numbers
        self._samples = samples
        self._next = array("q", [_NO_HEAD]) * fd_max
        self._moved_s = array("d", [inf]) * fd_max
        self._rest: dict[int, bytes] = {}
        self._known: dict[bytes, tuple[bytes, int, int]] = {}
        self._buffer = bytearray(_READ_BYTES)
        self._late = Lateness() if keeps_late else None
        self._stalls = None if cushion_s is None else Stalls(cushion_s, slows=has_numbers)
        self._papers: dict[int, str] = {}
        self._chunk_bytes = chunk_bytes
        self._taken: dict[int, int] = {}

    def read_all(
        self, fds: Iterable[int], receive: Sequence[Callable[[bytearray], int]], now_s: float
    ) -> tuple[list[int], list[int]]:
        """Reads once from each.

        Args:
            receive: by descriptor; fills a buffer, returns how many bytes came. 0 or OSError: the end.
        Returns: those who have ended, and those who may have more than a buffer's worth.
        """
        buffer, heard, next_, moved_s = self._buffer, self.heard, self._next, self._moved_s
        late = self._stalls if self._late is None else self._late
        rest, media, is_same = self._rest, self.media, buffer.startswith
        ended: list[int] = []
        more: list[int] = []
        data, first, last, size = b"-", 0, 0, 0
        wait_max_s, size_bytes, reads = heard.wait_max_s, heard.size_bytes, heard.reads
        for fd in fds:
            try:
                count = receive[fd](buffer)
            except BlockingIOError:
                continue
            except OSError:
                count = 0
            if not count:
                ended.append(fd)
                continue
            size_bytes += count
            reads += 1
            waited_s = now_s - moved_s[fd]
            if waited_s > wait_max_s:  # noqa: PLR1730  # a call of `max` would be a tenth of the round
                wait_max_s = waited_s
            moved_s[fd] = now_s
            if fd in rest or fd in media:
                self._parse(fd, bytes(buffer[:count]))
            elif count == size and next_[fd] == first and is_same(data):
                next_[fd] = last + 1
            else:
                known = self._known.get(bytes(buffer[:_KEY_BYTES]))
                if known is not None and len(known[0]) == count and is_same(known[0]):
                    data, first, last = known
                    size = count
                    self._heard(fd, first)
                    next_[fd] = last + 1
                else:
                    self._parse(fd, bytes(buffer[:count]))
            if late is not None and next_[fd] > 0:
                late.heard(fd, next_[fd] - 1, now_s)
            if count == _READ_BYTES:
                more.append(fd)
        heard.wait_max_s, heard.size_bytes, heard.reads = wait_max_s, size_bytes, reads
        return ended, more

    def begin_late(self) -> None:
        """The first window of lateness begins."""
        if self._late is not None:
            self._late.begin()

    def late_ms(self) -> list[float]:
        """How late each read came since it was last asked; empty where that is not kept."""
        return [] if self._late is None else self._late.since_asked_ms()

    def expect(self, fd: int, dry_s: float | None) -> None:
        """Somebody knocks; `dry_s`: whose player was cut off and has sound until then."""
        if self._stalls is not None and dry_s is not None:
            self._stalls.expect(fd, dry_s)

    def dry_s(self, fd: int) -> float | None:
        """When their player runs out of what it has; None where that is not kept, or it has had nothing."""
        return None if self._stalls is None else self._stalls.dry_s(fd)

    def paper_of(self, fd: int) -> str:
        """What they show when they come again, as a query: a pass or a ticket; empty: they have neither."""
        return self._papers.get(fd, "")

    def stalled_s(self, now_s: float) -> float:
        """Silence since the beginning, over all listeners; 0 where that is not kept."""
        return 0.0 if self._stalls is None else self._stalls.total_s(now_s)

    def left(self, fd: int) -> bool:
        """The connection has ended; nobody here wanted that. Returns whether they had been seated."""
        was_seated = self._next[fd] != _NO_HEAD
        self.leaves(fd)
        if was_seated:
            self.heard.ended += 1
        else:
            self.heard.refused += 1
        return was_seated

    def leaves(self, fd: int) -> None:
        """They go of their own will: forgets them."""
        self._next[fd], self._moved_s[fd] = _NO_HEAD, inf
        self._rest.pop(fd, None)
        if self._late is not None:
            self._late.left(fd)
        if self._stalls is not None:
            self._stalls.left(fd)
            self._papers.pop(fd, None)
        self._taken.pop(fd, None)

    def _parse(self, fd: int, data: bytes) -> None:
        rest = self._rest.pop(fd, None)
        whole = data if rest is None else rest + data
        if self._next[fd] == _NO_HEAD:
            if self._stalls is not None and (found := _TICKET.search(whole)):
                self._papers[fd] = f"ticket={found[1].decode()}"
            head, end, whole = whole.partition(b"\r\n\r\n")
            if not end:
                self._rest[fd] = head[:_HEAD_BYTES_MAX]
                return
            if b" 200 " not in head[:16]:
                return  # the end of the connection follows
            self.heard.seated += 1
            if self._stalls is not None:
                pass_ = _field(head, b"stentor-pass")
                self._papers[fd] = f"pass={pass_}" if pass_ else ""
            self._next[fd] = _NO_CHUNK
            if len(self.media) < self._samples:
                self.media[fd], self.chunks[fd] = bytearray(), 0
        if not self._has_numbers or not whole:
            if self._chunk_bytes:
                self._taken[fd] = self._taken.get(fd, 0) + len(whole)
                self._next[fd] = self._taken[fd] // self._chunk_bytes
            return
        self.heard.parsed += 1
        faults = self.heard.gaps + self.heard.repeats
        first, last, end_at = self._chunks(fd, whole)
        if end_at < len(whole):
            self._rest[fd] = whole[end_at:]
        elif whole is data and whole[4:8] == b"emsg" and self.heard.gaps + self.heard.repeats == faults:
            # A fault within a write is counted for each who reads it, not for the first alone.
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
            elif kind == b"emsg" and self._stalls is not None:
                self._hear_cadence(whole[at : at + size], at_number=self._next[fd])
            elif kind == b"mdat":
                self._heard(fd, number)
                self._next[fd] = number + 1
                first, end_at = (number if first < 0 else first), at + size
                if fd in self.chunks:
                    self.chunks[fd] += 1
            at += size
        return first, number, end_at

    def _hear_cadence(self, emsg: bytes, *, at_number: int) -> None:
        """A player heeds the newest tick; one that says nothing of the cadence leaves it as it was."""
        found = _CADENCE.search(emsg)
        if found is not None and self._stalls is not None:
            self._stalls.told(at_number, int(found[1]))

    def _heard(self, fd: int, number: int) -> None:
        expected = self._next[fd]
        if expected == number or expected < 0:
            return
        if number > expected:
            self.heard.gaps += number - expected
        else:
            self.heard.repeats += 1


def _field(head: bytes, name: bytes) -> str:
    """A header field of an answer; empty: it has none."""
    for line in head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip().decode("ascii", "replace")
    return ""
