"""What every work on a record needs: where things are, who is told, and the one list that names the files.

Comes in: files that were written and read back. Goes out: `manifest.json`, the recording's facts, events.
Never: a list that names a file which was not verified: the list is written last.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from stentor.clock import Clock
from stentor.errors import NotFound
from stentor.limits import CHUNK_MS
from stentor.log.bus import Bus
from stentor.log.event_types import message_of, type_of
from stentor.log.house_events import HouseEvents, subject_of
from stentor.log.state import Leases, RecordingStore, SpaceStore
from stentor.record.recording import Made, Recording, Stage
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.shelf.store import Shelf, SpaceShelf
from stentor.space.names import new_id
from stentor.space.record import Space
from stentor.space.timeline import RECORD_FIRST, Timeline

log = structlog.get_logger()

HOUSE = "house"
"""Who did it, in the event log."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How long nothing comes out of an ended Space's log.

    Args:
        first_s: then it is sealed and can be played.
        last_s: the stage's writer may still send what NATS did not take; longer than its time-outs together.
            What came meanwhile is sealed too, and then the log may expire.
    """

    first_s: float = 3.0
    last_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Desk:
    """One scribe's.

    Args:
        root: each Space has the working folder of its id there.
        owner: this scribe's name in the leases.
        log_age_s: how long the log keeps what the shelf has.
        keep_ms: how long a recording is kept unless a host says otherwise; None: for ever.
        on_kept: told each subject whose message is on the disk.
    """

    bus: Bus
    spaces: SpaceStore
    recordings: RecordingStore
    leases: Leases
    house: HouseEvents
    shelf: Shelf
    root: Path
    owner: str
    clock: Clock
    log_age_s: int
    keep_ms: int | None = None
    quiet: Quiet = Quiet()
    on_kept: Callable[[str], None] = lambda _subject: None

    def folder(self, space_id: str) -> Path:
        """Where this Space's files grow."""
        return self.root / space_id

    def files(self, space_id: str) -> SpaceShelf:
        return self.shelf.of(space_id)

    async def manifest(self, space: Space, timeline: Timeline) -> Manifest:
        """What the shelf has now; of a record that was not sealed yet, an empty list. Raises: ShelfAway."""
        try:
            return Manifest.from_bytes(await self.files(space.id).get(layout.MANIFEST))
        except NotFound:
            return Manifest(
                space.id,
                space.title,
                space.description,
                space.language,
                on_air_ms=timeline.wall_ms_of(RECORD_FIRST),
                ended_ms=space.ended_ms or self.clock.wall_ms(),
                edition=0,
                chunks=0,
                duration_ms=0,
            )

    async def publish(
        self, manifest: Manifest, *, facts: Callable[[Made], Made] = lambda made: made
    ) -> Recording:
        """Writes the list, then says so. Raises: ShelfAway. LogAway."""
        manifest = replace(manifest, duration_ms=manifest.chunks * CHUNK_MS)
        await self.files(manifest.space_id).put(layout.MANIFEST, manifest.as_bytes())

        def made(recording: Recording) -> Recording:
            now = replace(
                recording.made,
                edition=manifest.edition,
                chunks=manifest.chunks,
                manifest_sha256=manifest.sha256,
            )
            return replace(
                recording.with_facts(facts(now)),
                programme=Stage.MADE,
                problem=None,
                sealed_ms=recording.sealed_ms or self.clock.wall_ms(),
            )

        return await self.recordings.change(manifest.space_id, made)

    async def tell(self, space_id: str, kind: str, **facts: object) -> None:
        """A line in the Space's event log, and a copy for webhooks. Raises: LogAway."""
        event = {"at_ms": self.clock.wall_ms(), "kind": kind, "by": HOUSE, **facts}
        if await self.bus.history(space_id).exists():
            await self.bus.append_event(space_id, event)
        subject = subject_of(space_id, type_of(event))
        await self.house.append(subject, message_of(space_id, event), message_id=new_id(16))
