"""The siege beside others: `make siege-compare`. Same attacks, same crowd, four servers, one table.

    cd bench && python -m siege.compare --listeners 1000 --only uvicorn icecast

Prints a line per server and attack; writes build/bench/siege_compare.json, and with --write docs/SIEGE.md.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crowd_addresses import spread
from crowd_hls_load import HlsCrowd, HlsPlan
from crowd_load import Back, Load
from crowd_process import CrowdProcess
from siege import page
from siege.__main__ import ROOT, kept
from siege.arrivals import Arrivals, Visit, good_share, recovered_s
from siege.attacks import SINGLE, Assault, Scene
from siege.drill import CUSHION_S, FULL, Siege, Size
from siege.field import NETWORKS, Field, NoField, Place
from siege.house import Cores, pinned
from siege.servers import Name, Served, Server, missing
from stentor.limits import CHUNK_MS

ATTACKS = ("join flood", "slow heads", "silent connections", "GET flood, wrk")
SMALL = replace(FULL, listeners=1_000, arrivals_per_s=50, attack_s=15, recovery_s=10, slow_connections=15_000)
_STENTOR = "Stentor"
_OTHERS: tuple[Name, ...] = ("uvicorn", "icecast", "nginx")
_UP_S = 30.0


@dataclass(frozen=True, slots=True)
class Row:
    """One attack on one server."""

    server: str
    attack: str
    stall_share: float
    definite_share: float
    grown_bytes: int
    recovered_s: float

    def line(self) -> str:
        return (
            f"{self.server}: {self.attack}: stalled {100 * self.stall_share:.2f} %, definite "
            f"{100 * self.definite_share:.2f} %, memory {self.grown_bytes / (1 << 20):.1f} MiB, recovered in "
            f"{self.recovered_s:.1f} s"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="siege.compare")
    parser.add_argument("--listeners", type=int, default=SMALL.listeners)
    parser.add_argument("--seconds", type=int, default=SMALL.attack_s)
    parser.add_argument("--recovery", type=int, default=SMALL.recovery_s)
    parser.add_argument("--only", nargs="+", default=[_STENTOR, *_OTHERS], choices=[_STENTOR, *_OTHERS])
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "siege_compare.json")
    parser.add_argument("--write", action="store_true", help="docs/SIEGE.md")
    arguments = parser.parse_args()
    size = replace(
        SMALL,
        listeners=arguments.listeners,
        joins_per_s=min(500.0, arguments.listeners / 2),
        attack_s=arguments.seconds,
        recovery_s=arguments.recovery,
        silent_connections=FULL.silent_connections,
        flood_connections=2_000,
    )
    rows: list[Row] = []
    try:
        with Field.laid_out() as field:
            for name in arguments.only:
                if name == _STENTOR:
                    found = of_stentor(field, size)
                elif reason := missing(name):
                    print(f"# {reason}", flush=True)
                    continue
                else:
                    found = of_another(field, size, name)
                for row in found:
                    rows.append(row)
                    print(row.line(), flush=True)
    except NoField as problem:
        print(f"siege: {problem}", file=sys.stderr)
        return 2
    kept(facts(rows, size), arguments.json)
    if arguments.write:
        page.write(ROOT / "docs" / "SIEGE.md", ROOT / "build" / "bench")
    return 0


def facts(rows: list[Row], size: Size) -> dict[str, Any]:
    return {
        "at": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "listeners": size.listeners,
        "servers": sorted({row.server for row in rows} - {_STENTOR}),
        "rows": [{name: getattr(row, name) for name in Row.__slots__} for row in rows],
    }


def of_stentor(field: Field, size: Size) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="siege-") as folder:
        siege = Siege(field, Path(folder), size, say=lambda what: print(f"# {what}", flush=True))
        with siege.ready(phases=len(ATTACKS)):
            for name in ATTACKS:
                phase = siege.attacked(name, [SINGLE[name]])
                yield Row(
                    _STENTOR,
                    name,
                    phase.stall_share,
                    phase.definite_share,
                    phase.grown_bytes,
                    phase.recovered_s,
                )


def of_another(field: Field, size: Size, name: Name) -> Iterator[Row]:
    cores = Cores.shared_out()
    seconds_max = 120 + 2.5 * len(ATTACKS) * (size.attack_s + size.recovery_s)
    with ExitStack() as stack:
        with field.within(Place.HOUSE), pinned(cores.house):
            server = stack.enter_context(Server(name))
        served = server.served()
        scene = Scene(
            field,
            cores.others,
            served.target.port,
            "none",
            size.slow_connections,
            size.silent_connections,
            size.flood_connections,
            size.attack_s,
            live=served.target.path,
            pages=served.pages,
        )
        with field.within(Place.CROWD), pinned(cores.others):
            time.sleep(1)
            stalled_s = stack.enter_context(_crowd(served, size, seconds_max=seconds_max))
        visit = Visit(served.target, size.arrivals_per_s, spread(NETWORKS[Place.ARRIVALS]), served.sound)
        with field.within(Place.ARRIVALS), pinned(cores.others):
            arrivals = stack.enter_context(Arrivals(visit, seconds_max=seconds_max))
        time.sleep(size.settle_s)
        for attack in ATTACKS:
            arrivals.since_asked()
            before_s, before_bytes, began_s = stalled_s(), _memory(server.pid), time.monotonic()
            with Assault(scene, [SINGLE[attack]]) as assault:
                time.sleep(size.attack_s)
                most_bytes = _memory(server.pid)
                assault.ended()
            ends_s = time.monotonic()
            time.sleep(size.recovery_s)
            came = arrivals.since_asked()
            listened_s = size.listeners * (time.monotonic() - began_s)
            yield Row(
                name,
                attack,
                max(0.0, stalled_s() - before_s) / listened_s,
                good_share(came),
                most_bytes - before_bytes,
                recovered_s(came, since_s=ends_s),
            )


@contextmanager
def _crowd(served: Served, size: Size, *, seconds_max: float) -> Iterator[Callable[[], float]]:
    """Listeners who are in. Yields how to ask for their silence until now, in s over all of them."""
    if served.hls:
        source = spread(NETWORKS[Place.CROWD]).of(1)
        plan = HlsPlan(
            served.target.host,
            served.target.port,
            served.hls,
            False,
            size.listeners,
            size.joins_per_s,
            0,
            source,
        )
        with CrowdProcess(HlsCrowd, plan, listeners=size.listeners, seconds_max=seconds_max) as players:
            players.until_seated(_UP_S)
            began_s, heard = time.monotonic(), players.tally().heard

            def missed_s() -> float:
                """What should have been heard since then, less what has been."""
                due_s = size.listeners * (time.monotonic() - began_s)
                return due_s - (players.tally().heard - heard) * CHUNK_MS / 1000

            yield missed_s
        return
    load = Load(
        served.target,
        listeners=size.listeners,
        joins_per_s=size.joins_per_s,
        addresses=spread(NETWORKS[Place.CROWD], per_address=2),
        cushion_s=CUSHION_S,
        back=Back(0.5),
        seconds_max=seconds_max,
    )
    with load:
        load.until_seated(_UP_S)
        yield lambda: load.figures().stalled_s


def _memory(pid: int) -> int:
    """Of a server and all that it started."""
    found = 0
    server = psutil.Process(pid)
    for process in (server, *server.children(recursive=True)):
        try:
            found += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
