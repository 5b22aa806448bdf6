"""The edge: `python -m stentor.edge.main`. Opens the front door and keeps its processes alive.

Comes in: the settings. Goes out: gates, fan-outs, the edge's beat. Never: a request, a listener. The
listening sockets are made here and inherited: whoever knocks while a gate is being started again waits in
the kernel; children end with this process, however it ends.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from stentor.backoff import Backoff
from stentor.clock import Clock, SystemClock
from stentor.config import Settings
from stentor.edge import fanout, gate, steward
from stentor.edge.forked import ForkedProcess, fork
from stentor.edge.parts import FANOUT, GATE
from stentor.errors import CannotStart
from stentor.log.bus import connected
from stentor.process import die_with_parent, end_process, stop_event
from stentor.role import in_loop, run_process
from stentor.space.names import new_id

log = structlog.get_logger()

_BACKLOG = 4096
_STOP_S = 1.0
"""Beyond the time to drain."""
FANOUT_MODULE = "stentor.edge.fanout"
GATE_MODULE = "stentor.edge.gate"


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the edge.

    Args:
        fds: descriptors that it inherits.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    fds: tuple[int, ...] = ()


def listening_sockets(settings: Settings) -> list[socket.socket]:
    """One socket per gate on the same port; the kernel spreads connections over them.

    Raises: CannotStart: the port is taken.
    """
    host, port = settings.edge_host, settings.edge_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found: list[socket.socket] = []
    try:
        if settings.gates > 1 and port:
            # SO_REUSEPORT would share the door with another edge of ours; that is a mistake, not a wish.
            socket.create_server((host, port), family=family).close()
        for _ in range(settings.gates):
            sock = socket.create_server(
                (host, port),
                family=family,
                backlog=_BACKLOG,
                reuse_port=settings.gates > 1,
                dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
            )
            port = sock.getsockname()[1]
            sock.setblocking(False)
            # Inherited by each connection. asyncio sets it only on sockets that name their protocol, which
            # these do not; without it every answer took 40 ms (measured).
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            found.append(sock)
    except OSError as error:
        for sock in found:
            sock.close()
        raise CannotStart(
            f"The front door on {host} port {port}",
            because=os.strerror(error.errno) if error.errno else str(error),
            next_step="stop what uses the port, or set edge_port",
        ) from None
    return found


def edge_name(data_dir: Path, *, port: int) -> str:
    """The edge's name, the same after a restart: the machine's own and the port.

    A machine whose directory cannot be written has a new name each time; then its share of the count is
    unknown for a minute after a crash, and nothing else is lost.
    """
    path = data_dir / "node"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.write_text(new_id())
            fresh.replace(path)
        node = path.read_text().strip()
    except OSError as error:
        log.warning("the edge has no lasting name", error=error.strerror)
        node = new_id()
    return f"{node}-{port}"


@contextlib.contextmanager
def doors_directory(edge_id: str) -> Iterator[Path]:
    """Where the fan-outs' sockets are. In the system's own place: a path of the data directory may be longer
    than the 107 bytes that a Unix socket's may have. An edge that was killed finds its own again.

    Raises: CannotStart: it is somebody else's.
    """
    path = Path(tempfile.gettempdir()) / f"stentor-edge-{edge_id}"
    path.mkdir(mode=0o700, exist_ok=True)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        raise CannotStart(f"The directory {path}", because="it is not ours", next_step="remove it")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def parts_of(settings: Settings, *, edge_id: str, doors: Path, listening: list[socket.socket]) -> list[Part]:
    """Every process of this edge."""
    count = settings.fanouts or os.cpu_count() or 1
    doors_of = {f"{FANOUT}{index}": doors / f"{FANOUT}{index}.sock" for index in range(count)}
    found = [
        Part(name, FANOUT_MODULE, ("--edge", edge_id, "--part", name, "--door", str(door)))
        for name, door in doors_of.items()
    ]
    for index, sock in enumerate(listening):
        name = f"{GATE}{index}"
        to = [word for door in doors_of.values() for word in ("--fanout", str(door))]
        arguments = ("--edge", edge_id, "--part", name, "--listen-fd", str(sock.fileno()), *to)
        found.append(Part(name, GATE_MODULE, arguments, (sock.fileno(),)))
    return found


async def keep(
    part: Part,
    settings: Settings,
    *,
    first: ForkedProcess | None,
    clock: Clock,
    died: Callable[[str], None],
) -> None:
    """Keeps one process alive until cancelled; then ends it, giving a fan-out its time to drain."""
    backoff = Backoff()
    process: ForkedProcess | asyncio.subprocess.Process | None = first
    while True:
        born_s = clock.monotonic_s()
        if process is None:
            process = await _start(part, settings)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            await end_process(process, patience_s=settings.drain_s + _STOP_S)
            raise
        process = None
        died(part.name)
        wait_s = backoff.after_death(lived_s=clock.monotonic_s() - born_s)
        log.warning("a part of the edge died", part=part.name, exit_code=code, again_in_s=wait_s)
        await asyncio.sleep(wait_s)


async def _start(part: Part, settings: Settings) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        part.module,
        *part.arguments,
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=part.fds,
        env={**os.environ, **settings.as_environment()},
        preexec_fn=die_with_parent,
    )


async def run(
    settings: Settings,
    *,
    edge_id: str,
    listening: list[socket.socket],
    parts: list[Part],
    first: Mapping[str, ForkedProcess],
) -> None:
    """Until SIGTERM."""
    clock, stop = SystemClock(), stop_event()
    speaker: steward.Steward | None = None

    def died(part: str) -> None:
        if speaker is not None:
            speaker.part_died(part)

    kept = [
        asyncio.create_task(
            keep(part, settings, first=first.get(part.name), clock=clock, died=died), name=part.name
        )
        for part in parts
    ]
    try:
        async with (
            connected(settings.nats_url, name=f"edge-{edge_id}") as bus,
            steward.running(bus, settings, edge_id=edge_id, clock=clock) as (speaker, speaking),
        ):
            log.info("edge is open", edge=edge_id, port=listening[0].getsockname()[1])
            stopping = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait({stopping, speaking, *kept}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            for sock in listening:
                sock.close()
            await _end_all(kept)
            for task in done - {stopping}:
                task.result()
    finally:
        await _end_all(kept)


async def _end_all(kept: list[asyncio.Task[None]]) -> None:
    """All at once: gates close the door while the fan-outs let their listeners go."""
    for task in kept:
        # Once only: a second cancellation would cut short the wait for a process's end.
        if not task.cancelling():
            task.cancel()
    await asyncio.gather(*kept, return_exceptions=True)


def open_edge(settings: Settings) -> None:
    """Runs the edge until SIGTERM.

    Raises: CannotStart: the port is taken, there is no NATS to go to. LogAway: it does not answer.
    """
    if not settings.nats_url:
        raise CannotStart(
            "The edge",
            because="nats_url is empty",
            next_step="set nats_url, or run `stentor serve`, which starts a server of its own",
        )
    listening = listening_sockets(settings)
    edge_id = edge_name(settings.data_dir, port=listening[0].getsockname()[1])
    with doors_directory(edge_id) as doors:
        parts = parts_of(settings, edge_id=edge_id, doors=doors, listening=listening)
        # Before the loop: a forked child must not inherit one.
        mains = {FANOUT_MODULE: fanout.main, GATE_MODULE: gate.main}
        doors_open = {sock.fileno() for sock in listening}
        first = {
            part.name: fork(
                mains[part.module], part.arguments, name=part.name, closes=doors_open - {*part.fds}
            )
            for part in parts
        }
        in_loop(run(settings, edge_id=edge_id, listening=listening, parts=parts, first=first))


def main() -> int:
    """Returns the exit code."""
    return run_process("edge", open_edge)


if __name__ == "__main__":
    sys.exit(main())
