"""A scribe inside the test: real NATS, a real shelf, everything in one folder."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from stentor.clock import Clock, SystemClock
from stentor.log.bus import Bus
from stentor.log.state import Leases, RecordingStore, SpaceStore
from stentor.process import end_tasks
from stentor.record.recording import Recording
from stentor.scribe.recording.desk import Desk, Quiet
from stentor.scribe.scribe import Scribe
from stentor.shelf.store import Shelf

SOON = Quiet(first_s=0.3, last_s=0.8)


async def desk_in(
    bus: Bus,
    folder: Path,
    *,
    owner: str = "one",
    clock: Clock | None = None,
    shelf: Shelf | None = None,
    keep_ms: int | None = None,
    quiet: Quiet = SOON,
    on_kept: Callable[[str], None] = lambda _subject: None,
) -> Desk:
    return Desk(
        bus,
        await SpaceStore.open(bus),
        await RecordingStore.open(bus),
        await Leases.open(bus),
        await bus.house_events(),
        shelf or Shelf.open(folder / "shelf"),
        root=folder / "recording",
        owner=owner,
        clock=clock or SystemClock(),
        log_age_s=3600,
        keep_ms=keep_ms,
        quiet=quiet,
        on_kept=on_kept,
    )


@asynccontextmanager
async def scribing(desk: Desk) -> AsyncIterator[None]:
    running = asyncio.create_task(Scribe(desk).run())
    try:
        yield
    finally:
        await end_tasks(running)


async def until(desk: Desk, space_id: str, is_so: Callable[[Recording], bool]) -> Recording:
    """The recording once that holds."""
    async with asyncio.timeout(60):
        async for recording in desk.recordings.watch(space_id):
            if is_so(recording):
                return recording
    raise AssertionError
