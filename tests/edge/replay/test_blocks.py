"""A crowd before the shelf."""

import asyncio
from itertools import product
from pathlib import Path

import pytest

from stentor.edge.replay.blocks import BLOCK_BYTES, Blocks
from stentor.errors import NotFound, NotYet
from stentor.shelf.manifest import FileKept
from stentor.shelf.store import Shelf, SpaceShelf

SIZE = 2 * BLOCK_BYTES + 1000
BODY = bytes(i * 7 % 256 for i in range(1000)) * (SIZE // 1000 + 1)


class CountedShelf(Shelf):
    """Counts what the crowd makes it read."""

    reads = 0

    def of(self, space_id: str) -> SpaceShelf:
        self.reads += 1
        return super().of(space_id)


async def kept_at(path: Path) -> tuple[CountedShelf, FileKept]:
    shelf = CountedShelf.open(path)
    return shelf, await shelf.of("tea").put("a.mp4", BODY[:SIZE])


async def test_a_crowd_on_one_segment_is_one_read(tmp_path: Path) -> None:
    shelf, kept = await kept_at(tmp_path)
    shelf.reads, files = 0, Blocks(shelf).of("tea", {"a.mp4": kept})
    crowd = [files.read("a.mp4", start=100, end=50_000) for _ in range(200)]
    assert set(await asyncio.gather(*crowd)) == {BODY[100:50_000]}
    await files.read("a.mp4", start=50_000, end=100_000)
    assert shelf.reads == 1


async def test_whatever_is_asked_for_it_is_the_files_own_bytes(tmp_path: Path) -> None:
    shelf, kept = await kept_at(tmp_path)
    files = Blocks(shelf).of("tea", {"a.mp4": kept})
    edges = [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, SIZE - 1, SIZE, SIZE + 9]
    for start, end in product(edges, edges):
        assert await files.read("a.mp4", start=start, end=end) == BODY[:SIZE][start:end]
    assert await files.whole("a.mp4") == BODY[:SIZE]


async def test_a_file_that_no_list_names_is_not_there(tmp_path: Path) -> None:
    shelf, _ = await kept_at(tmp_path)
    with pytest.raises(NotFound):
        await Blocks(shelf).of("tea", {}).read("a.mp4", start=0, end=9)


async def test_a_file_that_has_been_replaced_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    shelf, kept = await kept_at(tmp_path)
    await shelf.of("tea").put("a.mp4", b"short")
    with pytest.raises(NotYet):
        await Blocks(shelf).of("tea", {"a.mp4": kept}).read("a.mp4", start=0, end=9)
