"""Who may have what of a record, before a byte of it is looked for. Every route of this folder begins here.

Comes in: a request's path. Goes out: the Space with its recording, or what is still being heard of it. Never:
a difference between «no such Space», «nothing recorded», «not published» and «somebody is being removed».
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

from starlette.requests import Request

from stentor.clock import Clock
from stentor.edge.egress import Egress, Use
from stentor.edge.hls_desk import SHAPE
from stentor.edge.ladder import Extras
from stentor.edge.metrics import REPLAY, Metrics
from stentor.edge.programme import Programme
from stentor.edge.replay.blocks import Blocks
from stentor.edge.replay.catalogue import Catalogue
from stentor.edge.replay.listing import record_hinted
from stentor.edge.replay.past import Past, check_extras
from stentor.edge.replay.places import Places
from stentor.edge.replay.recordings import Recordings
from stentor.edge.spaces import Spaces
from stentor.errors import BadInput, NoSuchSpace, NotFound, NotYet, ShelfAway
from stentor.log.bus import Bus
from stentor.record.recording import Recording
from stentor.shelf.store import Shelf
from stentor.space.record import Space

DOWNLOADS_MAX: Final = 256
"""Per gate: 64 MiB of pieces. Players take segments, which are no downloads."""
BREATH_BYTES: Final = 64 << 10
PIECE_WAIT_S: Final = 5.0
_LOOK_S: Final = 0.1
HINT_WAIT_S: Final = 2.0
SO_FAR_MAX: Final = 4
"""Each reads the whole log of a Space."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What the routes of the record are made of. One per gate."""

    spaces: Spaces
    recordings: Recordings
    catalogue: Catalogue
    past: Past
    metrics: Metrics
    extras: Callable[[], Extras]
    clock: Clock
    egress: Egress = field(default_factory=Egress)
    downloads: Places = field(
        default_factory=lambda: Places("The downloads", places_max=DOWNLOADS_MAX, retry_after_s=10.0)
    )
    so_far: Places = field(
        default_factory=lambda: Places("The records so far", places_max=SO_FAR_MAX, retry_after_s=30.0)
    )

    @classmethod
    def open(
        cls,
        bus: Bus,
        spaces: Spaces,
        recordings: Recordings,
        shelf: Shelf,
        metrics: Metrics,
        *,
        extras: Callable[[], Extras],
        clock: Clock,
        egress: Egress | None = None,
    ) -> Self:
        """With caches of its own. Close it."""
        catalogue = Catalogue(Blocks(shelf))
        return cls(
            spaces,
            recordings,
            catalogue,
            Past(bus, recordings, extras),
            metrics,
            extras,
            clock,
            egress or Egress(),
        )

    async def close(self) -> None:
        """Ends what is being read."""
        await self.past.close()
        await self.catalogue.close()

    def finished(self, request: Request) -> Recording | None:
        """The record of a Space that is over; None: it still grows, ask `growing`.

        Raises: NoSuchSpace: nobody may have it, for whatever reason. SwitchedOff.
        """
        name = request.path_params["name"]
        space = self.spaces.record(name)
        has_replay, can_rewind = self.recordings.has_replay(space), self.recordings.can_rewind(space)
        if not has_replay and not can_rewind:
            raise NoSuchSpace(name)
        check_extras(self.extras())
        return self.recordings.of(space.id) if has_replay else None

    def sealed(self, request: Request) -> Recording:
        """As `finished`, for what there is only afterwards."""
        recording = self.finished(request)
        if recording is None:
            raise NoSuchSpace(request.path_params["name"])
        return recording

    async def hinted(self, space: Space) -> dict[str, object]:
        """What `space.json` says of the record; a shelf that is away is no reason to say nothing else."""
        has_replay = self.recordings.has_replay(space)
        told: dict[str, object] = {"has_replay": has_replay, "record": None}
        if space.state.has_programme:
            told["can_rewind"] = self.recordings.can_rewind(space)
        if has_replay:
            recording = self.recordings.of(space.id)
            with suppress(NotFound, NotYet, ShelfAway, BadInput, TimeoutError):
                async with asyncio.timeout(HINT_WAIT_S):
                    manifest = await self.catalogue.manifest(recording)
                    words = await self.catalogue.words(recording)
                told["record"] = record_hinted(recording, manifest, words)
        return told

    async def sending(self, places: Places, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The pieces of a long answer, in a place of its own, counted, as fast as the line has room.

        Bounds: a piece waits PIECE_WAIT_S at most, then goes: what was begun is not cut for a busy line.
            Others have the gate's loop after each BREATH_BYTES: a clip of ten minutes is 25 ms of it.
        """
        since = 0
        async for piece in places.held(pieces):
            since += len(piece)
            if since >= BREATH_BYTES:
                since = 0
                await asyncio.sleep(0)
            until_s = self.clock.monotonic_s() + PIECE_WAIT_S
            while not self.egress.may(Use.REPLAY, now_s=(now_s := self.clock.monotonic_s())):
                if now_s >= until_s:
                    break
                await asyncio.sleep(_LOOK_S)
            self.sent(len(piece))
            yield piece

    def check_line(self) -> None:
        """Before anything is begun. Raises: LineFull."""
        self.egress.check(Use.REPLAY, now_s=self.clock.monotonic_s())

    def sent(self, size_bytes: int) -> None:
        self.metrics.sent(REPLAY, size_bytes)
        self.egress.took(size_bytes)

    async def growing(self, request: Request) -> tuple[Space, Programme, int]:
        """What is on the air, with its newest chunk; `finished` has said that one may go back in it.

        Raises: NotYet: it has ended and is not on the shelf yet; nothing has been heard.
        """
        space = self.spaces.record(request.path_params["name"])
        heard = self.spaces.heard(space.id) if space.state.is_over else self.spaces.programme(space.id)
        if heard is None or space.timeline is None:
            raise NotYet(f"The record of {space.id!r} is being made.", retry_after_s=2.0)
        return space, heard, await heard.head(SHAPE.rung)
