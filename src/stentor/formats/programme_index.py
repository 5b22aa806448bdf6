"""The index beside a sealed programme: where each chunk lies in the file. Pure.

    u32 version (1), u32 first chunk's number, u32 count of chunks,
    u32 byte offset of each chunk and, last, of the end; all little-endian

Comes in: the sizes of the chunks. Goes out: byte ranges. Never: the programme's own bytes. The numbers are
consecutive: what was a hole in the log is silence in the file.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Self

from stentor.errors import BadInput, OutOfRange

VERSION: Final = 1
CHUNKS_MAX: Final = 7 * 24 * 3600 * 1000 // 640
"""A week; its index has 3.8 MB."""
_OFFSET_MAX: Final = 0xFFFF_FFFF
_HEAD = struct.Struct("<III")


@dataclass(frozen=True, slots=True)
class ProgrammeIndex:
    """Where the chunks of one file are.

    Args:
        first: the number of the chunk that comes first.
        offsets: of every chunk, then of the end; ascending. The init segment is what stands before the first.
    """

    first: int
    offsets: tuple[int, ...]

    @classmethod
    def of_sizes(cls, sizes_bytes: Iterable[int], *, first: int, init_bytes: int) -> Self:
        """The index of an init segment followed by chunks of these sizes.

        Raises: OutOfRange: more than 4 GiB or a week.
        """
        offsets = tuple(accumulate(sizes_bytes, initial=init_bytes))
        if len(offsets) - 1 > CHUNKS_MAX:
            raise OutOfRange("A programme's chunks", len(offsets) - 1, lowest=0, highest=CHUNKS_MAX)
        if offsets[-1] > _OFFSET_MAX:
            raise OutOfRange("A programme's bytes", offsets[-1], lowest=0, highest=_OFFSET_MAX)
        return cls(first, offsets)

    @property
    def count(self) -> int:
        return len(self.offsets) - 1

    @property
    def end(self) -> int:
        """The number behind the last chunk."""
        return self.first + self.count

    @property
    def init_bytes(self) -> int:
        return self.offsets[0]

    @property
    def size_bytes(self) -> int:
        """Of the whole file."""
        return self.offsets[-1]

    def span(self, first: int, end: int) -> tuple[int, int]:
        """The bytes [start, end) of the chunks [first, end).

        Raises: OutOfRange: not all of them are in the file.
        """
        if not self.first <= first <= end <= self.end:
            raise OutOfRange("The chunks wanted", f"{first}…{end}", lowest=self.first, highest=self.end)
        return self.offsets[first - self.first], self.offsets[end - self.first]

    def as_bytes(self) -> bytes:
        numbers = struct.pack(f"<{len(self.offsets)}I", *self.offsets)
        return _HEAD.pack(VERSION, self.first, self.count) + numbers

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises: BadInput: torn, of another version, or no index."""
        if len(data) < _HEAD.size:
            raise BadInput(f"A programme's index of {len(data)} bytes is torn.")
        version, first, count = _HEAD.unpack_from(data)
        if version != VERSION or count > CHUNKS_MAX:
            raise BadInput(f"An index of version {version} with {count} chunks cannot be read.")
        if len(data) != _HEAD.size + 4 * (count + 1):
            raise BadInput(f"A programme's index of {count} chunks has {len(data)} bytes: it is torn.")
        offsets = struct.unpack_from(f"<{count + 1}I", data, _HEAD.size)
        if any(left >= right for left, right in pairwise(offsets)):
            raise BadInput("A programme's index names offsets that do not grow.")
        return cls(first, offsets)
