"""The process of live captions: voices of every Space on the air → words in its tick.

    python -m stentor.scribe.captions.main        (the scribe starts it)

Comes in: voices and ticks, by plain subscription: what is missed is not captioned. Goes out:
`stage.<id>.captions`. Never: a wait that others feel: it is niced, recognises on one thread, and gives up
what it has no time for. Of several scribes, whoever holds a Space's lease captions it.
"""

import asyncio
from contextlib import suppress

import structlog

from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.errors import EngineFailed, LogAway
from stentor.limits import LEASE_TTL_S
from stentor.log.bus import Bus, connected
from stentor.log.state import Leases, SpaceStore
from stentor.process import end_tasks, give_way, stop_event, until
from stentor.role import run_role
from stentor.scribe.captions.hearing import Hearing
from stentor.scribe.captions.recognition import Recognition
from stentor.scribe.owner import owner_name
from stentor.space.record import Space

log = structlog.get_logger()

NICE = 10
_RENEW_S = LEASE_TTL_S / 4


class Captions:
    """Captions every Space that has a programme, recorded or not.

    Args:
        owner: this process's name in the leases.
    """

    def __init__(
        self,
        bus: Bus,
        spaces: SpaceStore,
        leases: Leases,
        recognition: Recognition,
        *,
        owner: str,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._spaces = spaces
        self._leases = leases
        self._recognition = recognition
        self._owner = owner
        self._clock = clock
        self._following: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._complaints: set[str] = set()

    async def run(self) -> None:
        """For ever. Bounds: one task per Space on the air."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recognition.run(), name="recognition")
            async for space in self._spaces.watch():
                language, task = self._following.get(space.id, (None, None))
                if task is not None and (not space.state.has_programme or language != space.language):
                    del self._following[space.id]
                    await end_tasks(task)
                if space.state.has_programme and space.id not in self._following:
                    following = group.create_task(self._follow(space), name=f"captions-{space.id}")
                    self._following[space.id] = (space.language, following)

    async def _follow(self, space: Space) -> None:
        """One Space until it is over, whatever the log does."""
        while True:
            try:
                engine = await self._recognition.engine(space.language)
            except EngineFailed as error:
                self._complain(error.detail)
                return
            try:
                hearing = Hearing(self._bus, space, self._recognition, engine, clock=self._clock)
                await self._hold(f"captions.{space.id}", hearing)
            except LogAway as error:
                log.warning("captions stand still", space=space.id, error=str(error))
            await asyncio.sleep(_RENEW_S)

    async def _hold(self, key: str, hearing: Hearing) -> None:
        """Captions while the lease is ours; returns when it is not. Raises: LogAway."""
        if not await self._leases.take(key, self._owner):
            return
        try:
            async with hearing:
                while True:
                    await asyncio.sleep(_RENEW_S)
                    with suppress(LogAway):
                        # Without NATS nobody else gets it either.
                        if not await self._leases.take(key, self._owner):
                            return
        finally:
            with suppress(LogAway):
                await self._leases.give_up(key, self._owner)

    def _complain(self, detail: str) -> None:
        """Once: every Space of that language would say the same."""
        if detail not in self._complaints:
            self._complaints.add(detail)
            log.warning("no captions", because=detail)


async def serve(settings: Settings) -> None:
    """Captions until SIGTERM or SIGINT."""
    give_way(nice=NICE)
    stop = stop_event()
    with owner_name(settings.models_dir) as owner:
        await _serve(stop, settings, owner=owner)


async def _serve(stop: asyncio.Event, settings: Settings, *, owner: str) -> None:
    async with connected(settings.nats_url, name="captions", replicas=settings.nats_replicas) as bus:
        captions = Captions(
            bus,
            await SpaceStore.open(bus),
            await Leases.open(bus),
            Recognition(settings, clock=SystemClock()),
            owner=owner,
            clock=SystemClock(),
        )
        running = asyncio.create_task(captions.run())
        try:
            await until(stop, running)
        finally:
            await end_tasks(running)


def main() -> int:
    """Returns the exit code."""
    return run_role("captions", serve)


if __name__ == "__main__":
    raise SystemExit(main())
