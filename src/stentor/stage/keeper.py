"""The machine's `stage` role: one child process per Space that has a stage.

Comes in: the Spaces' records. Goes out: processes. Never: audio, an answer to anybody.

Which machine keeps which Space is settled by a lease per Space: whoever takes it first keeps it for as long
as it renews it. A child that dies is started again after a pause that doubles up to 5 s; children die with
this process, since the kernel is asked to see to it.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from stentor.backoff import Backoff
from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.errors import LogAway
from stentor.limits import LEASE_TTL_S
from stentor.log.bus import connected
from stentor.log.house_log import HouseLog
from stentor.log.state import Leases, SpaceStore
from stentor.process import die_with_parent, end_process, end_tasks, stop_event
from stentor.role import run_role
from stentor.space.names import new_id
from stentor.space.record import Space

log = structlog.get_logger()

_RENEW_INTERVAL_S: Final = 1.0
_STOP_TIMEOUT_S: Final = 8.0

assert LEASE_TTL_S > 2 * _RENEW_INTERVAL_S


@dataclass(slots=True)
class _Child:
    process: asyncio.subprocess.Process
    started_s: float


@dataclass(slots=True)
class _Kept:
    space: Space
    backoff: Backoff = field(default_factory=Backoff)
    not_before_s: float = float("-inf")
    child: _Child | None = None


class Keeper:
    """Keeps the stages of this machine.

    Args:
        node_id: who we are among the machines; the same after a restart.
        on_death: told of each stage that died: the kind of note, its facts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        store: SpaceStore,
        leases: Leases,
        node_id: str,
        clock: Clock,
        on_death: Callable[..., None] = lambda _kind, **_facts: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._leases = leases
        self._node_id = node_id
        self._clock = clock
        self._on_death = on_death
        self._kept: dict[str, _Kept] = {}
        self._news = asyncio.Event()

    def pid_of(self, space_id: str) -> int | None:
        """The child of a Space, if one runs."""
        kept = self._kept.get(space_id)
        return kept.child.process.pid if kept and kept.child else None

    async def run(self, stop: asyncio.Event) -> None:
        """Keeps until `stop` is set; then every child has ended."""
        tasks = [
            asyncio.create_task(self._watch()),
            asyncio.create_task(_set_after(stop, self._news)),
        ]
        try:
            while not stop.is_set():
                await self._look_round()
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_RENEW_INTERVAL_S):
                        await self._news.wait()
        finally:
            await end_tasks(*tasks)
            await asyncio.gather(*(self._end(kept) for kept in self._kept.values()))

    async def _watch(self) -> None:
        async for space in self._store.watch():
            kept = self._kept.get(space.id)
            if kept is not None:
                kept.space = space
            elif space.state.has_stage:
                self._kept[space.id] = _Kept(space)
            self._news.set()

    async def _look_round(self) -> None:
        for space_id, kept in list(self._kept.items()):
            self._bury(kept)
            if not kept.space.state.has_stage:
                # The child ends by itself when it has written the last chunk.
                if kept.child is None:
                    del self._kept[space_id]
                    await self._give_up(space_id)
                continue
            if await self._holds(space_id, kept):
                await self._start_if_due(kept)

    async def _holds(self, space_id: str, kept: _Kept) -> bool:
        """Whether the Space is ours. While NATS is away it stays whose it was."""
        try:
            is_ours = await self._leases.take(f"stage.{space_id}", self._node_id)
        except LogAway:
            return kept.child is not None
        if not is_ours and kept.child is not None:
            log.warning("another machine has this stage", space=space_id)
            await self._end(kept)
        return is_ours

    async def _give_up(self, space_id: str) -> None:
        with suppress(LogAway):  # it runs out by itself
            await self._leases.give_up(f"stage.{space_id}", self._node_id)

    async def _start_if_due(self, kept: _Kept) -> None:
        now_s = self._clock.monotonic_s()
        if kept.child is not None or now_s < kept.not_before_s:
            return
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "stentor.stage.space_stage",
            "--space",
            kept.space.id,
            stdin=asyncio.subprocess.DEVNULL,
            env=child_environment(self._settings),
            preexec_fn=die_with_parent,
        )
        kept.child = _Child(process, now_s)
        log.info("stage started", space=kept.space.id, pid=process.pid)
        asyncio.get_running_loop().create_task(self._tell_when_over(process))

    async def _tell_when_over(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._news.set()

    def _bury(self, kept: _Kept) -> None:
        if kept.child is None or kept.child.process.returncode is None:
            return
        now_s = self._clock.monotonic_s()
        code = kept.child.process.returncode
        pause_s = kept.backoff.after_death(lived_s=now_s - kept.child.started_s)
        kept.not_before_s = now_s + pause_s
        kept.child = None
        if kept.space.state.has_stage:
            log.warning("stage died", space=kept.space.id, code=code, pause_s=pause_s)
            self._on_death("stage_died", space=kept.space.id, exit_code=code, again_in_s=pause_s)
            asyncio.get_running_loop().call_later(pause_s, self._news.set)

    async def _end(self, kept: _Kept) -> None:
        if kept.child is None:
            return
        await end_process(kept.child.process, patience_s=_STOP_TIMEOUT_S)
        kept.child = None


def node_id_of(data_dir: Path) -> str:
    """This machine's name among the stages: made once, kept in the data directory."""
    path = data_dir / "node-id"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(new_id(12))
    return path.read_text().strip()


def child_environment(settings: Settings) -> dict[str, str]:
    """What a child finds in its environment: ours, and the settings in force."""
    return {**os.environ, **settings.as_environment()}


async def keep(settings: Settings, *, stop: asyncio.Event) -> None:
    """Runs the role. Raises: LogAway: NATS did not answer within 10 s."""
    async with connected(settings.nats_url, name="stage-keeper", replicas=settings.nats_replicas) as bus:
        house_log = HouseLog(SystemClock())
        keeper = Keeper(
            settings,
            store=await SpaceStore.open(bus),
            leases=await Leases.open(bus),
            node_id=node_id_of(settings.data_dir),
            clock=SystemClock(),
            on_death=house_log.note,
        )
        noting = asyncio.create_task(house_log.run(bus))
        try:
            await keeper.run(stop)
        finally:
            await end_tasks(noting)


def main() -> int:
    """Returns the exit code."""

    async def run(settings: Settings) -> None:
        await keep(settings, stop=stop_event())

    return run_role("keeper", run)


async def _set_after(stop: asyncio.Event, news: asyncio.Event) -> None:
    await stop.wait()
    news.set()


if __name__ == "__main__":
    sys.exit(main())
