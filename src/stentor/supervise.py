"""`serve`: the roles as children, started in order, started again when they die, ended together.

Comes in: what to run. Goes out: processes. Never: a role's work. A child that dies is started again after
0.1 s; if it keeps dying the pause doubles up to 5 s and is forgotten after 10 s of life. Children end with
this process, however it ends (PR_SET_PDEATHSIG), so no process and no port is left behind.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import structlog

from stentor.backoff import Backoff
from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.errors import LogAway
from stentor.log.bus import connected
from stentor.log.house_log import HouseLog
from stentor.log.server import EmbeddedServer
from stentor.log.watchdog import watch_log
from stentor.process import die_with_parent, end_process, end_tasks

log = structlog.get_logger()

_STOP_TIMEOUT_S = 3.0
_LOG_SIZE_BYTES_MAX = 16 << 20
_WATCH_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep alive.

    Args:
        module: what `python -m` runs.
        environment: on top of the settings.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


ROLES = (
    Child("backstage", "stentor.backstage.main"),
    Child("stage", "stentor.stage.keeper"),
    Child("edge", "stentor.edge.main"),
    Child("scribe", "stentor.scribe.main"),
)


@dataclass(slots=True)
class ChildState:
    """What the status view shows of a child."""

    name: str
    pid: int | None = None
    starts: int = 0
    last_exit: int | None = None


class Supervisor:
    """Runs NATS (unless one is given) and the children until `stop` is set.

    Args:
        settings: handed to every child as its environment.
    """

    def __init__(
        self, settings: Settings, children: tuple[Child, ...] = ROLES, *, clock: Clock | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._children = children
        self._server = (
            None if settings.nats_url else EmbeddedServer(settings.data_dir / "nats", port=settings.nats_port)
        )
        self.nats_url = settings.nats_url
        self.states: dict[str, ChildState] = {}
        self._house_log = HouseLog(self._clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._helpers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """NATS answers and every child has been started. Raises: CannotStart."""
        self._log_directory.mkdir(parents=True, exist_ok=True)
        if self._server is not None:
            await self._server.start()
            self.nats_url = self._server.url
            self.states["nats"] = ChildState("nats", pid=self._server.pid, starts=1)
            self._tasks.append(asyncio.create_task(self._keep_server(self._server), name="nats"))
            self._helpers.append(asyncio.create_task(self._watch_log(self._server), name="watchdog"))
        self._helpers.append(asyncio.create_task(self._write_notes(), name="notes"))
        for child in self._children:
            self.add(child)

    def add(self, child: Child) -> None:
        """One more child, from now on."""
        self.states[child.name] = ChildState(child.name)
        self._tasks.append(asyncio.create_task(self._keep(child), name=child.name))

    async def stop(self) -> None:
        """Everything has ended when this returns.

        Bounds: 3 s and the time to drain for the roles, 3 s for NATS; then KILL.
        """
        await end_tasks(*self._helpers)
        children, self._tasks = self._tasks, []
        for task in children:
            # Once: a second cancellation would cut short the wait for the child's end.
            task.cancel()
        await asyncio.gather(*children, return_exceptions=True)
        if self._server is not None:
            await self._server.stop()

    @property
    def _log_directory(self) -> Path:
        return self._settings.data_dir / "logs"

    async def _keep_server(self, server: EmbeddedServer) -> None:
        backoff, state = Backoff(), self.states["nats"]
        while True:
            born_s = self._clock.monotonic_s()
            state.last_exit = await server.wait()
            await asyncio.sleep(backoff.after_death(lived_s=self._clock.monotonic_s() - born_s))
            log.warning("the embedded NATS server is started again", exit_code=state.last_exit)
            self._house_log.note("role_died", role="nats", exit_code=state.last_exit)
            await server.start()
            state.pid, state.starts = server.pid, state.starts + 1

    async def _watch_log(self, server: EmbeddedServer) -> None:
        async def restart() -> None:
            # Its keeper starts it again on the same store.
            await server.kill()

        while True:
            try:
                async with connected(self.nats_url, name="watchdog") as bus:
                    await watch_log(bus, self._settings.data_dir, restart=restart)
            except LogAway:
                await asyncio.sleep(_WATCH_AGAIN_S)

    async def _write_notes(self) -> None:
        """Keeps the house's own log of what this supervisor did."""
        while True:
            try:
                async with connected(self.nats_url, name="supervisor") as bus:
                    await self._house_log.run(bus)
            except LogAway:
                await asyncio.sleep(_WATCH_AGAIN_S)

    async def _keep(self, child: Child) -> None:
        backoff, state = Backoff(), self.states[child.name]
        while True:
            born_s = self._clock.monotonic_s()
            process = await self._spawn(child)
            state.pid, state.starts = process.pid, state.starts + 1
            try:
                state.last_exit = await process.wait()
            except asyncio.CancelledError:
                await end_process(process, patience_s=_STOP_TIMEOUT_S + self._settings.drain_s)
                raise
            state.pid = None
            wait_s = backoff.after_death(lived_s=self._clock.monotonic_s() - born_s)
            log.warning("a role died", child=child.name, exit_code=state.last_exit, again_in_s=wait_s)
            self._house_log.note("role_died", role=child.name, exit_code=state.last_exit, again_in_s=wait_s)
            await asyncio.sleep(wait_s)

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
        environment = {
            **os.environ,
            **self._settings.as_environment(),
            "STENTOR_NATS_URL": self.nats_url,
            "PYTHONUNBUFFERED": "1",
            **child.environment,
        }
        with _log_file(self._log_directory / f"{child.name}.log") as output:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                child.module,
                *child.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )


def _log_file(path: Path) -> BinaryIO:
    if path.exists() and path.stat().st_size > _LOG_SIZE_BYTES_MAX:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
