"""The scribe's process: follows all Spaces, records each that has a programme, puts it on the shelf.

    python -m stentor.scribe.main

Several scribes may run: each Space is recorded by whoever holds its lease; another goes on where it stood.
"""

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.errors import LogAway, NoSuchSpace
from stentor.limits import LEASE_TTL_S
from stentor.log.bus import Bus, connected
from stentor.log.state import Leases, SpaceStore
from stentor.process import end_tasks, stop_event, until
from stentor.role import run_role
from stentor.scribe.recording.recorder import Recorder
from stentor.space.lifecycle import State
from stentor.space.names import new_id
from stentor.space.record import Space
from stentor.space.timeline import Timeline

log = structlog.get_logger()

QUIET_AFTER_END_S = 15.0
"""The stage's writer may still send what NATS did not take; longer than its time-outs together."""
_RENEW_S = LEASE_TTL_S / 4
_AGAIN_AFTER_S = 5.0


class Scribe:
    """Records every Space that has a programme.

    Args:
        shelf: each Space gets the directory of its id there.
        owner: this scribe's name in the leases.
    """

    def __init__(
        self,
        bus: Bus,
        spaces: SpaceStore,
        leases: Leases,
        *,
        shelf: Path,
        owner: str,
        clock: Clock,
        on_kept: Callable[[str], None] = lambda _subject: None,
    ) -> None:
        self._bus = bus
        self._spaces = spaces
        self._leases = leases
        self._shelf = shelf
        self._owner = owner
        self._clock = clock
        self._on_kept = on_kept
        self._ended: dict[str, asyncio.Event] = {}
        self._recording: dict[str, asyncio.Task[None]] = {}
        self._removing: set[str] = set()

    async def run(self) -> None:
        """For ever.

        Bounds: one recorder per Space that has begun; an ended one leaves when it is quiet, a deleted one
            when its folder is gone.
        """
        async with asyncio.TaskGroup() as group:
            async for space in self._spaces.watch():
                if space.state is State.DELETED:
                    if not space.is_off_shelf and space.id not in self._removing:
                        self._removing.add(space.id)
                        group.create_task(self._remove(space.id), name=f"remove-{space.id}")
                    continue
                timeline = space.timeline
                if timeline is None:
                    continue
                if space.id not in self._ended:
                    self._ended[space.id] = asyncio.Event()
                    self._recording[space.id] = group.create_task(
                        self._record(space, timeline), name=f"record-{space.id}"
                    )
                if space.state is State.ENDED:
                    self._ended[space.id].set()

    async def _remove(self, space_id: str) -> None:
        """Takes a deleted Space off the shelf, once that can no longer be undone."""
        try:
            while (space := await self._deleted(space_id)) is not None:
                wait_ms = (space.over_at_ms or 0) - self._clock.wall_ms()
                if wait_ms > 0:
                    await asyncio.sleep(wait_ms / 1000)
                elif await self._take_off_shelf(space_id):
                    return
                else:
                    await asyncio.sleep(_RENEW_S)
        finally:
            self._removing.discard(space_id)

    async def _deleted(self, space_id: str) -> Space | None:
        """The record, while it is a deleted Space's whose folder is still here."""
        while True:
            try:
                space = await self._spaces.find(space_id)
            except LogAway:
                await asyncio.sleep(_AGAIN_AFTER_S)
                continue
            is_meant = space is not None and space.state is State.DELETED and not space.is_off_shelf
            return space if is_meant else None

    async def _take_off_shelf(self, space_id: str) -> bool:
        """False: another scribe is at it, or the disk or the log does not do its part; ask again."""
        if (recording := self._recording.pop(space_id, None)) is not None:
            await end_tasks(recording)
        try:
            if not await self._leases.take(f"scribe.{space_id}", self._owner):
                return False
            directory = self._shelf / space_id
            if directory.exists():
                await asyncio.to_thread(shutil.rmtree, directory)
            # Before it is said: its id may be given to another Space, which is to be recorded anew.
            self._ended.pop(space_id, None)
            await self._spaces.change(space_id, lambda space: replace(space, is_off_shelf=True))
            await self._leases.give_up(f"scribe.{space_id}", self._owner)
        except NoSuchSpace:
            return True
        except (OSError, LogAway) as error:
            log.error("a deleted Space cannot be taken off the shelf", space=space_id, error=str(error))
            return False
        log.info("a deleted Space is off the shelf", space=space_id)
        return True

    async def _record(self, space: Space, timeline: Timeline) -> None:
        """One Space, from the lease to the end; again after whatever the disk or the log does."""
        key = f"scribe.{space.id}"
        while True:
            try:
                if not await self._leases.take(key, self._owner):
                    await asyncio.sleep(_RENEW_S)
                    continue
                recorder = Recorder(
                    self._bus,
                    space.id,
                    timeline,
                    directory=self._shelf / space.id,
                    clock=self._clock,
                    on_kept=self._on_kept,
                )
                if await self._hold(key, recorder, self._ended[space.id]):
                    log.info("the recording is complete", space=space.id)
                    return
                log.warning("another scribe has the lease", space=space.id)
            except (OSError, LogAway) as error:
                log.error("the recording stands still", space=space.id, error=str(error))
                await asyncio.sleep(_AGAIN_AFTER_S)

    async def _hold(self, key: str, recorder: Recorder, ended: asyncio.Event) -> bool:
        """Records while the lease is ours. True: the Space has ended and its log is quiet.

        A lease that cannot be renewed because NATS is away is not lost: without NATS nobody else gets it.
        """
        recording = asyncio.create_task(recorder.run())
        try:
            while True:
                await asyncio.wait([recording], timeout=_RENEW_S)
                if recording.done():
                    recording.result()
                with suppress(LogAway):
                    if not await self._leases.take(key, self._owner):
                        return False
                    if ended.is_set() and recorder.quiet_s > QUIET_AFTER_END_S:
                        await self._leases.give_up(key, self._owner)
                        return True
        finally:
            recording.cancel()
            with suppress(asyncio.CancelledError, OSError, LogAway):
                await recording


async def serve(settings: Settings) -> None:
    """Records until SIGTERM or SIGINT."""
    stop = stop_event()
    async with connected(settings.nats_url, name="scribe", replicas=settings.nats_replicas) as bus:
        scribe = Scribe(
            bus,
            await SpaceStore.open(bus),
            await Leases.open(bus),
            shelf=settings.shelf,
            owner=new_id(),
            clock=SystemClock(),
        )
        running = asyncio.create_task(scribe.run())
        try:
            await until(stop, running)
        finally:
            await end_tasks(running)


def main() -> int:
    """Returns the exit code."""
    return run_role("scribe", serve)


if __name__ == "__main__":
    raise SystemExit(main())
