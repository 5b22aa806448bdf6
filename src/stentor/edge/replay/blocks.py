"""The shelf as a crowd reads it: files in blocks, each read once for all who want it and kept a while.

Comes in: a Space's files as their list names them, byte ranges. Goes out: the bytes. Never: one read of the
shelf per listener; more than a few reads at once, whatever the crowd asks for; a block of a file that has
been replaced since (its hash is part of the block's name).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from stentor.edge.replay.shared import Shared
from stentor.errors import NotFound, NotYet, ShelfAway
from stentor.shelf.giving import PIECE_BYTES
from stentor.shelf.manifest import FileKept
from stentor.shelf.store import Shelf

KEPT_BYTES_MAX: Final = 64 << 20
READS_AT_ONCE_MAX: Final = 8
READ_WAIT_S: Final = 10.0
BLOCK_BYTES: Final = PIECE_BYTES
"""Five segments: who plays on finds the next ones here. An S3 store answers 256 kB as fast as 50."""


class Blocks:
    """The shelf of one gate. Bounds: KEPT_BYTES_MAX of memory, READS_AT_ONCE_MAX reads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: Shared[tuple[str, str, int], bytes] = Shared(
            "The reading of the shelf", cost_max=KEPT_BYTES_MAX, cost=len
        )
        self._turns = asyncio.Semaphore(READS_AT_ONCE_MAX)

    def of(self, space_id: str, files: Mapping[str, FileKept]) -> "SpaceBlocks":
        """The files of one Space that may be read.

        Args:
            files: as the Space's lists name them.
        """
        return SpaceBlocks(self, space_id, files)

    async def close(self) -> None:
        await self._kept.close()

    async def listed(self, space_id: str, name: str) -> bytes:
        """A whole small file that no list names: one of the lists. Raises: NotFound. ShelfAway."""
        async with self._turn(name):
            return await self._shelf.of(space_id).get(name)

    async def block(self, space_id: str, name: str, kept: FileKept, number: int) -> bytes:
        """Raises: NotFound. ShelfAway. NotYet: the file is being replaced. Full."""
        key = (space_id, f"{name}/{kept.sha256}", number)
        return await self._kept.get(key, lambda: self._read(space_id, name, kept, number))

    async def _read(self, space_id: str, name: str, kept: FileKept, number: int) -> bytes:
        start = number * BLOCK_BYTES
        end = min(start + BLOCK_BYTES, kept.size_bytes)
        async with self._turn(name):
            data = await self._shelf.of(space_id).read(name, start=start, end=end)
        if len(data) != end - start:
            raise NotYet(f"The file {name} is being replaced.", retry_after_s=1.0)
        return data

    @asynccontextmanager
    async def _turn(self, name: str) -> AsyncIterator[None]:
        """One of the reads at once. The shelf's own patience is a writer's, minutes; listeners are told."""
        async with self._turns:
            try:
                async with asyncio.timeout(READ_WAIT_S):
                    yield
            except TimeoutError:
                raise ShelfAway(f"{name} within {READ_WAIT_S:.0f} s") from None


@dataclass(frozen=True, slots=True)
class SpaceBlocks:
    """One Space's files."""

    blocks: Blocks
    space_id: str
    files: Mapping[str, FileKept]

    async def read(self, name: str, *, start: int, end: int) -> bytes:
        """The bytes [start, end), fewer where the file is shorter. Raises: as `Blocks.block`."""
        kept = self.files.get(name)
        if kept is None:
            raise NotFound(f"The record has no file {name[:60]!r}.")
        end = min(end, kept.size_bytes)
        if start >= end:
            return b""
        numbers = range(start // BLOCK_BYTES, (end - 1) // BLOCK_BYTES + 1)
        found = [await self.blocks.block(self.space_id, name, kept, number) for number in numbers]
        first = numbers[0] * BLOCK_BYTES
        return b"".join(found)[start - first : end - first]

    async def whole(self, name: str) -> bytes:
        """A small file, all of it."""
        kept = self.files.get(name)
        return await self.read(name, start=0, end=kept.size_bytes if kept else 0)
