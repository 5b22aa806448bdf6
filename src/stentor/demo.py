"""`make demo`: a real Space on the air, with two speakers who come through the stage door.

Everything is what `stentor serve` starts, plus one process that plays Maya and Daniel over WebRTC.
"""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from stentor.client.local import owner_token, until_ready
from stentor.client.stage_door import StageDoor
from stentor.config import Settings
from stentor.doctor import require_fit
from stentor.errors import RemoteProblem
from stentor.log.bus import connected
from stentor.logs import configure
from stentor.process import end_tasks, until
from stentor.status import StatusView
from stentor.supervise import Child, Supervisor

SPACE_ID = "demo"
TITLE = "Should our city make its buses free?"
_READY_TIMEOUT_S = 20.0
_DEBATE = Path(__file__).parent / "data" / "debate"
_SPEAKERS = (("Maya", "maya.opus"), ("Daniel", "daniel.opus"))


async def demo(settings: Settings, *, console: Console, stop: asyncio.Event, for_s: float | None) -> None:
    """Runs until `stop`, or for `for_s` seconds from the moment that it is on the air.

    Raises: CannotStart: a port is taken, the directory cannot be used.
    """
    require_fit(settings)
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / "supervisor.log").open("a") as stream:
        configure("supervisor", settings.log_level, stream=stream)
        await _run(settings, console, stop, for_s)


async def _run(settings: Settings, console: Console, stop: asyncio.Event, for_s: float | None) -> None:
    supervisor = Supervisor(settings)
    showing = asyncio.create_task(_on_air(settings, supervisor, console, for_s))
    try:
        await until(stop, showing)
    finally:
        await end_tasks(showing)
        await supervisor.stop()
        console.print("stentor: everything has been stopped", highlight=False)


async def _on_air(settings: Settings, supervisor: Supervisor, console: Console, for_s: float | None) -> None:
    console.print("stentor: starting NATS, backstage, stage, edge and scribe…", highlight=False)
    await supervisor.start()
    await until_ready(settings.stage_door_url, timeout_s=_READY_TIMEOUT_S)
    await until_ready(settings.listen_url, timeout_s=_READY_TIMEOUT_S)
    token = owner_token(settings.data_dir)
    async with StageDoor(settings.stage_door_url, token=token) as door:
        links = await _open_space(door)
        supervisor.add(await _speakers(door, settings))
    console.print(f"  listen  {links['listen']}", highlight=False, soft_wrap=True)
    console.print(f"  host    {links['host']}", highlight=False, soft_wrap=True)
    async with connected(supervisor.nats_url, name="status") as bus:
        view = StatusView(bus, SPACE_ID, links=links, children=supervisor.states, console=console)
        with suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                await view.run()


async def _open_space(door: StageDoor) -> dict[str, str]:
    """The Space on the air; a data directory that has seen a demo before goes on with it."""
    try:
        links = (await door.spaces.create(TITLE, space_id=SPACE_ID)).links
    except RemoteProblem as problem:
        if problem.answer_status != 409:  # noqa: PLR2004
            raise
        space = await door.spaces.read(SPACE_ID)
        host = await door.invitations.create(SPACE_ID, "host", name="Host")
        links = replace(space.links, host=host.link)
    await door.spaces.move(SPACE_ID, "on_air")
    return {label: url for label, url in (("listen", links.listen), ("host", links.host)) if url}


async def _speakers(door: StageDoor, settings: Settings) -> Child:
    voices = []
    for name, file in _SPEAKERS:
        told = await door.invitations.create(SPACE_ID, "speaker", name=name)
        token = str(told.link).rpartition("/")[2]
        voices.append(f"--voice={token}={_DEBATE / file}")
    url = f"{settings.stage_door_url}/whip/{SPACE_ID}"
    return Child("speakers", "stentor.rehearsal.voice", ("--url", url, *voices))


class ScratchDirectory:
    """A data directory that is gone afterwards."""

    def __enter__(self) -> Path:
        self._path = Path(tempfile.mkdtemp(prefix="stentor-demo-"))
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
