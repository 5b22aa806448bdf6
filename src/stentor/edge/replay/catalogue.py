"""What the shelf has of a Space: its two lists and the programme's index, read once and kept.

Comes in: a recording's record, which says when a list is another. Goes out: manifest, words, index, files.
Never: a list that is older than the record says.
"""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Final, TypeVar

from stentor.edge.hls_desk import SHAPE
from stentor.edge.replay.blocks import Blocks, SpaceBlocks
from stentor.edge.replay.shared import Shared
from stentor.errors import NotYet
from stentor.formats.programme_index import ProgrammeIndex
from stentor.record.recording import Recording
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest, Words

T = TypeVar("T")
_LISTS_MAX: Final = 256
_INDEX_CHUNKS_MAX: Final = 2_000_000
"""Some 100 records of three hours; a number is 40 bytes at most."""


class Catalogue:
    """The lists of the records that listeners ask for. Bounds: _LISTS_MAX lists, _INDEX_CHUNKS_MAX places."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._manifests: Shared[tuple[str, str], Manifest] = Shared("The list", cost_max=_LISTS_MAX)
        self._words: Shared[tuple[str, str], Words] = Shared("The list", cost_max=_LISTS_MAX)
        self._indexes: Shared[tuple[str, str], ProgrammeIndex] = Shared(
            "The index", cost_max=_INDEX_CHUNKS_MAX, cost=lambda index: index.count
        )

    async def manifest(self, recording: Recording) -> Manifest:
        """Raises: NotYet. NotFound. ShelfAway."""
        space_id, digest = recording.space_id, recording.made.manifest_sha256
        make = self._reading(space_id, layout.MANIFEST, digest, Manifest.from_bytes)
        return await self._manifests.get((space_id, digest), make)

    async def words(self, recording: Recording) -> Words | None:
        """None: there are none. Raises: as `manifest`."""
        space_id, digest = recording.space_id, recording.made.words_sha256
        if not digest:
            return None
        make = self._reading(space_id, layout.WORDS, digest, Words.from_bytes)
        return await self._words.get((space_id, digest), make)

    async def files(self, recording: Recording) -> SpaceBlocks:
        """Everything that both lists name. Raises: as `manifest`."""
        manifest, words = await self.manifest(recording), await self.words(recording)
        named: Mapping[str, FileKept] = {**manifest.files, **(words.files if words else {})}
        return self._blocks.of(recording.space_id, named)

    async def index(self, recording: Recording) -> ProgrammeIndex:
        """Of the programme's newest edition. Raises: as `manifest`."""
        manifest = await self.manifest(recording)
        name = layout.programme_index(SHAPE.rung.value, manifest.edition)
        blocks = self._blocks.of(recording.space_id, manifest.files)

        async def read() -> ProgrammeIndex:
            return ProgrammeIndex.from_bytes(await blocks.whole(name))

        kept = manifest.files.get(name)
        return await self._indexes.get((recording.space_id, kept.sha256 if kept else ""), read)

    async def close(self) -> None:
        for shared in (self._manifests, self._words, self._indexes, self._blocks):
            await shared.close()

    def _reading(
        self, space_id: str, name: str, digest: str, parse: Callable[[bytes], T]
    ) -> Callable[[], Awaitable[T]]:
        async def read() -> T:
            data = await self._blocks.listed(space_id, name)
            if sha256(data).hexdigest() != digest:
                # Written a moment before the record says so, or the record is told here a moment late.
                raise NotYet(f"The list {name} is being replaced.", retry_after_s=1.0)
            return parse(data)

        return read
