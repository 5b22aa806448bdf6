"""What a listener costs on LL-HLS, beside the fan-out: same programme, same bit rate, same seconds, one run.

    python bench/crowd_hls.py [--listeners 500 … 8000] [--seconds 12.8]

Four ways to the same ear, AAC at 64 kbit/s, each with a crowd of its own: the fan-out's endless `live.mp4`
at cadence 1 and 2; nginx with the same LL-HLS as files, which is nginx at its strongest (`crowd_nginx.py`
says why); nginx as a cache in front of our gate, as `deploy/` ships it; our gate's own LL-HLS. The goals are
measured against the files. Our own LL-HLS comes last, to the others, with a smaller crowd: a gate answers
with Python, and one that is late would cost less than it should. Prints `name value unit goal` lines; writes
build/bench/crowd_hls.json.
"""

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from crowd_hls_load import HlsPlan, hls_crowd
from crowd_hls_player import PART_S
from crowd_house import SPACE_ID, Edge, cpu_s, edge_on_the_air, load_line
from crowd_nginx import cache_of, files_of, program
from crowd_process import CrowdProcess, Tally
from crowd_rooms import RoomsPlan, rooms_crowd
from stage_house import Result, report

GOALS = {1: 2.5, 2: 5.0}
_LIVE = f"/s/{SPACE_ID}/live.mp4"
_FOLDER = f"/s/{SPACE_ID}/hls/"
_SETTLE_S = 3.0
_SEATED_S = 20.0
_OWN_LISTENERS_MAX = 500
"""At about 1,000 one gate process is one core."""
_ALL_LISTENERS_MAX = 2_000
"""Above, three crowds of HLS players ask for more than two cores: files and fan-out stay."""


Crowd = CrowdProcess[HlsPlan] | CrowdProcess[RoomsPlan]


@dataclass(frozen=True, slots=True)
class Rival:
    """One server and its crowd."""

    name: str
    pid: int
    crowd: Crowd


@dataclass(frozen=True, slots=True)
class Window:
    """One server over some seconds.

    Args:
        us: CPU µs per listener-second.
        heard_share: of the parts that the stage made in this time.
    """

    us: float
    kbit_per_s: float
    answers_per_s: float
    heard_share: float
    lag_ms: float
    faults: int


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, nargs="+", default=[500, 1_000, 2_000, 4_000, 8_000])
    parser.add_argument("--seconds", type=float, default=12.8)
    arguments = parser.parse_args()
    results: list[Result] = []
    for listeners in arguments.listeners:
        print(load_line(), flush=True)
        results += await compared(listeners, seconds=arguments.seconds)
    print(load_line())
    report("crowd_hls", results)


class Arena:
    """One edge, and the rivals beside it. Everything ends with the stack."""

    def __init__(self, stack: AsyncExitStack, edge: Edge, *, listeners: int, seconds_max: float) -> None:
        self.edge = edge
        self.rivals: list[Rival] = []
        self._stack = stack
        self._listeners = listeners
        self._seconds_max = seconds_max

    def folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory()))

    async def enters(self, name: str, pid: int, crowd: Crowd) -> None:
        """A server's crowd comes; from now on it is measured."""
        self._stack.enter_context(crowd)
        await asyncio.to_thread(crowd.until_seated, _SEATED_S)
        self.rivals.append(Rival(name, pid, crowd))

    def live(self, *, listeners: int, network: int) -> Crowd:
        return rooms_crowd(
            self.edge.port, [_LIVE], listeners=listeners, network=network, seconds_max=self._seconds_max
        )

    def players(
        self, port: int, network: int, *, is_blocking: bool = True, listeners: int | None = None
    ) -> Crowd:
        return hls_crowd(
            *("127.0.0.1", port, _FOLDER),
            is_blocking=is_blocking,
            listeners=listeners or self._listeners,
            network=network,
            seconds_max=self._seconds_max,
        )

    async def nginx(self, *, has_cache: bool) -> None:
        """Both ways of nginx."""
        url = f"http://127.0.0.1:{self.edge.port}"
        files = await self._stack.enter_async_context(files_of(url, SPACE_ID, self.folder()))
        await self.enters("nginx_files", files.pid, self.players(files.port, 21, is_blocking=False))
        if has_cache:
            cache = await self._stack.enter_async_context(cache_of(self.edge.port, self.folder()))
            await self.enters("nginx_cache", cache.pid, self.players(cache.port, 22))


async def compared(listeners: int, *, seconds: float) -> list[Result]:
    """One size of crowd."""
    results: list[Result] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        edge = await stack.enter_async_context(edge_on_the_air(folder, listeners=listeners, one_fanout=True))
        seconds_max = 120 + 4 * (seconds + _SETTLE_S)
        arena = Arena(stack, edge, listeners=listeners, seconds_max=seconds_max)
        (gate,), (fanout,) = edge.pids("gate"), edge.pids("fanout")
        first_us = await first_listener_us(stack, arena.live(listeners=1, network=19), fanout, seconds)
        results.append((f"first_listener_{listeners}", first_us, "us CPU per s", ""))
        await arena.enters("fanout", fanout, arena.live(listeners=listeners, network=20))
        if program() is not None:
            await arena.nginx(has_cache=listeners <= _ALL_LISTENERS_MAX)
        for cadence in GOALS:
            windows = await measured(edge, arena.rivals, cadence=cadence, seconds=seconds)
            results += lines(windows, f"x{cadence}_{listeners}")
            results += ratios(windows, cadence=cadence, listeners=listeners, first_us=first_us)
        if listeners <= _ALL_LISTENERS_MAX:
            own = arena.players(edge.port, 23, listeners=min(listeners, _OWN_LISTENERS_MAX))
            await arena.enters("own_hls", gate, own)
            windows = await measured(edge, arena.rivals, cadence=1, seconds=seconds)
            results += lines({"own_hls": windows["own_hls"]}, f"x1_{own.listeners}_beside_{listeners}")
        for rival in arena.rivals:
            print(f"# {rival.name}, {listeners}: troubles {rival.crowd.tally().troubles or 'none'}")
    return results


async def first_listener_us(stack: AsyncExitStack, crowd: Crowd, fanout: int, seconds: float) -> float:
    """CPU µs per second with one listener, who is why the log is read at all."""
    stack.enter_context(crowd)
    await asyncio.to_thread(crowd.until_seated, _SEATED_S)
    await asyncio.sleep(_SETTLE_S)
    spent_s, began_s = cpu_s(fanout), time.monotonic()
    await asyncio.sleep(seconds)
    return 1e6 * (cpu_s(fanout) - spent_s) / (time.monotonic() - began_s)


async def measured(edge: Edge, rivals: list[Rival], *, cadence: int, seconds: float) -> dict[str, Window]:
    """All servers over the same seconds."""
    await edge.order(rung="high", cadence=cadence)
    await asyncio.sleep(_SETTLE_S)
    before = {r.name: await asyncio.to_thread(r.crowd.tally) for r in rivals}
    spent_s = {r.name: cpu_s(r.pid) for r in rivals}
    began_s = time.monotonic()
    await asyncio.sleep(seconds)
    spent_s = {r.name: cpu_s(r.pid) - spent_s[r.name] for r in rivals}
    took_s = time.monotonic() - began_s
    after = {r.name: await asyncio.to_thread(r.crowd.tally) for r in rivals}
    return {
        r.name: _seen(
            before[r.name], after[r.name], r.crowd.listeners, spent_s=spent_s[r.name], took_s=took_s
        )
        for r in rivals
    }


def _seen(before: Tally, after: Tally, listeners: int, *, spent_s: float, took_s: float) -> Window:
    each_s, heard = listeners * took_s, after.heard - before.heard
    return Window(
        us=1e6 * spent_s / each_s,
        kbit_per_s=8e-3 * (after.size_bytes - before.size_bytes) / each_s,
        answers_per_s=(after.answers - before.answers) / each_s,
        heard_share=heard * PART_S / each_s,
        lag_ms=1e3 * (after.lag_s - before.lag_s) / max(1, heard),
        faults=after.faults - before.faults + max(0, listeners - after.seated),
    )


def lines(windows: dict[str, Window], tag: str) -> list[Result]:
    found: list[Result] = []
    for name, seen in windows.items():
        found += [
            (f"cost_{name}_{tag}", seen.us, "us CPU per listener-second", ""),
            (f"cores_{name}_{tag}", 1e6 / seen.us if seen.us else 0.0, "listeners per core", ""),
            (f"line_{name}_{tag}", seen.kbit_per_s, "kbit/s per listener, HTTP included", ""),
            (f"faults_{name}_{tag}", float(seen.faults), "faults", "<= 0"),
        ]
        if seen.answers_per_s:  # an endless answer has neither requests nor parts
            found += [
                (f"requests_{name}_{tag}", seen.answers_per_s, "answers per listener-second", ""),
                (f"heard_{name}_{tag}", 100 * seen.heard_share, "% of the parts", ">= 90"),
                (f"lag_{name}_{tag}", seen.lag_ms, "ms after the first who had it", ""),
            ]
    return found


def ratios(windows: dict[str, Window], *, cadence: int, listeners: int, first_us: float) -> list[Result]:
    """How many times nginx's crowd the fan-out carries.

    By what each costs with this crowd, and on a full core: reading the log costs a fan-out the same for one
    listener as for 15,000, so in a small crowd it weighs as it never does on a core that is full. Mirroring
    costs nginx nothing here; it is the mirror's.
    """
    ours, tag = windows["fanout"].us, f"x{cadence}_{listeners}"
    goals = {"nginx_files": ("nginx_hls", f">= {GOALS[cadence]}"), "nginx_cache": ("nginx_cache", "")}
    each_us = max(0.01, ours - first_us / listeners)
    full_core = (1e6 - first_us) / each_us
    found: list[Result] = [(f"full_core_fanout_{tag}", full_core, "listeners on a full core", "")]
    for name, (label, goal) in goals.items():
        if name in windows:
            theirs = windows[name].us
            found.append((f"ratio_{label}_{tag}", theirs / ours, "of nginx's crowd", goal))
            found.append((f"ratio_{label}_full_core_{tag}", full_core * theirs / 1e6, "of nginx's crowd", ""))
    return found


if __name__ == "__main__":
    asyncio.run(main())
