"""The scribe's process: recording, sealing, downloads, removal; beside it captions and words, its children.

    python -m stentor.scribe.main [--alone]

`--alone`: the record only; captions and words run elsewhere, or not at all.
Several scribes may run: each Space's record is whoever holds its lease's; another goes on where it stood.
"""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.log.bus import Bus, connected
from stentor.log.house_log import HouseLog
from stentor.log.state import Leases, RecordingStore, SpaceStore
from stentor.process import end_tasks, stop_event, until
from stentor.role import run_role
from stentor.scribe.children import MODULES, keep
from stentor.scribe.owner import owner_name
from stentor.scribe.recording.desk import Desk
from stentor.scribe.scribe import Scribe
from stentor.shelf.store import Shelf
from stentor.space.names import new_id

_DAY_MS = 86_400_000


async def desk_of(bus: Bus, settings: Settings, *, owner: str = "") -> Desk:
    """With real parts. Raises: LogAway. CannotStart: there can be no shelf."""
    days = settings.keep_recordings_days
    return Desk(
        bus,
        await SpaceStore.open(bus),
        await RecordingStore.open(bus),
        await Leases.open(bus),
        await bus.house_events(),
        Shelf.configured(settings),
        root=settings.recording_dir,
        owner=owner or new_id(),
        clock=SystemClock(),
        log_age_s=settings.log_age_h * 3600,
        keep_ms=days * _DAY_MS or None,
    )


async def serve(settings: Settings, *, modules: Sequence[str] = MODULES) -> None:
    """Records until SIGTERM or SIGINT."""
    stop, clock = stop_event(), SystemClock()
    with owner_name(settings.recording_dir) as owner:
        await _serve(stop, settings, owner=owner, clock=clock, modules=modules)


async def _serve(
    stop: asyncio.Event, settings: Settings, *, owner: str, clock: Clock, modules: Sequence[str]
) -> None:
    async with connected(settings.nats_url, name="scribe", replicas=settings.nats_replicas) as bus:
        house_log = HouseLog(clock)
        scribe = Scribe(await desk_of(bus, settings, owner=owner), note_house=house_log.note)
        running = asyncio.create_task(scribe.run())
        noting = asyncio.create_task(house_log.run(bus))
        children = [
            asyncio.create_task(keep(module, settings, clock=clock), name=module) for module in modules
        ]
        try:
            await until(stop, running)
        finally:
            for child in children:
                # Once: a second cancellation would cut short the wait for the child's end.
                child.cancel()
            await asyncio.gather(*children, return_exceptions=True)
            await end_tasks(running, noting)


def main() -> int:
    """Returns the exit code."""
    modules = () if "--alone" in sys.argv[1:] else MODULES
    return run_role("scribe", partial(serve, modules=modules))


if __name__ == "__main__":
    raise SystemExit(main())
