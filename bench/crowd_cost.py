"""What a listener costs: the fan-out, the bare writes, Icecast; side by side, same time, same bit rate.

    python bench/crowd_cost.py [--listeners 1000 5000 15000] [--seconds 8]

All of them carry a crowd of the same size at once, so that a noisy machine disturbs all alike; CPU is each
process's own, by the kernel's books. Prints `name value unit goal` lines; writes build/bench/crowd_cost.json.
"""

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from crowd_figures import Figures, percentile_line
from crowd_floor import Floor
from crowd_house import Edge, cpu_s, edge_on_the_air, load_line, user_bytes
from crowd_icecast import Icecast, is_here, running_icecast
from crowd_load import Load
from stage_house import Result, report
from stentor.space.rung import Codec, Rung

CADENCES = (1, 2, 4)
ICECAST_GOALS = {1: 2.2, 2: 4.5, 4: 9.0}
_JOINS_PER_S = 1500.0
_ICECAST_JOINS_PER_S = 150.0
"""Its queue of connections is short, and whoever finds it full comes back after seconds."""
_SETTLE_S = 3.0
_ICECAST_LISTENERS_MAX = 5_000
"""Above, three crowds and their readers want more than two cores, and nobody's figure is worth anything."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One server and its crowd."""

    name: str
    pids: tuple[int, ...]
    load: Load


@dataclass(frozen=True, slots=True)
class Cost:
    """One server's window.

    Args:
        us: CPU µs per listener-second.
    """

    us: float
    heard: Figures
    before: Figures
    took_s: float

    @property
    def faults(self) -> int:
        new, old = self.heard.heard, self.before.heard
        return new.gaps - old.gaps + new.repeats - old.repeats + new.ended + new.refused + self.heard.errors


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--seconds", type=float, default=7.68)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    results: list[Result] = []
    for listeners in arguments.listeners:
        print(load_line(), flush=True)
        results += await compared(listeners, seconds=arguments.seconds, rounds=arguments.rounds)
    print(load_line())
    report("crowd_cost", results)


async def compared(listeners: int, *, seconds: float, rounds: int) -> list[Result]:
    """One size of crowd, at each cadence."""
    results: list[Result] = []
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        edge = await stack.enter_async_context(
            edge_on_the_air(Path(folder), listeners=listeners, one_fanout=True)
        )
        await edge.order(rung="high", cadence=1)
        floor = stack.enter_context(Floor(Rung.AAC64))
        (gate,), (fanout,) = edge.pids("gate"), edge.pids("fanout")
        idle = await idle_cost(fanout)
        empty_bytes, gate_s = user_bytes(fanout), cpu_s(gate)
        joining_s = listeners / _JOINS_PER_S + listeners / _ICECAST_JOINS_PER_S
        seconds_max = 60 + joining_s + rounds * 3 * (seconds + _SETTLE_S)

        def crowd(load: Load) -> Load:
            return stack.enter_context(load)

        ours = crowd(
            Load(
                edge.target(Codec.AAC),
                listeners=listeners,
                joins_per_s=_JOINS_PER_S,
                samples=5,
                seconds_max=seconds_max,
            )
        )
        joined = await asyncio.to_thread(ours.until_seated, 30 + listeners / _JOINS_PER_S)
        gate_s = cpu_s(gate) - gate_s
        print(percentile_line(f"fan-out, {listeners}", joined), flush=True)
        bare = crowd(
            Load(floor.target, listeners=listeners, joins_per_s=4000, network=40, seconds_max=seconds_max)
        )
        rivals = [Rival("fanout", (fanout,), ours), Rival("floor", (floor.pid,), bare)]
        if is_here() and listeners <= _ICECAST_LISTENERS_MAX:
            server = await stack.enter_async_context(running_icecast(Rung.AAC64))
            rivals.append(
                Rival("icecast", (server.pid,), crowd(_icecast_load(server, listeners, seconds_max)))
            )
        for rival in rivals[1:]:
            await asyncio.to_thread(rival.load.until_seated, 30 + listeners / _ICECAST_JOINS_PER_S)
        memory = (user_bytes(fanout) - empty_bytes) / listeners
        results += [
            (f"idle_fanout_{listeners}", idle, "ms CPU per s without listeners", ""),
            (f"memory_fanout_{listeners}", memory, "bytes per listener", "<= 1024"),
            (
                f"joins_{listeners}",
                len(joined.joins_ms) / max(0.001, gate_s),
                "joins per s of gate CPU",
                ">= 4000",
            ),
        ]
        for cadence in CADENCES:
            await edge.order(rung="high", cadence=cadence)
            floor.cadence(cadence)
            await asyncio.sleep(_SETTLE_S)
            windows = [await window(rivals, seconds) for _ in range(rounds)]
            results += lines(windows, listeners, cadence)
        decoded = await asyncio.to_thread(ours.decoded)
        results.append((f"decoded_{listeners}", decoded.decoded - decoded.decode_faults, "listeners", ">= 5"))
        results += _faults(edge, listeners, floor)
    return results


async def idle_cost(pid: int) -> float:
    """What the process costs while nobody listens: it reads the log all the same."""
    spent_s, began_s = cpu_s(pid), time.monotonic()
    await asyncio.sleep(_SETTLE_S)
    return 1e3 * (cpu_s(pid) - spent_s) / (time.monotonic() - began_s)


def _icecast_load(server: Icecast, listeners: int, seconds_max: float) -> Load:
    return Load(
        server.target,
        listeners=listeners,
        joins_per_s=_ICECAST_JOINS_PER_S,
        network=80,
        seconds_max=seconds_max,
    )


def _faults(edge: Edge, listeners: int, floor: Floor) -> list[Result]:
    short = floor.cadence(1)[2]
    return [
        (f"skipped_fanout_{listeners}", float(sum(edge.skipped.values())), "chunks", "<= 0"),
        (f"short_floor_{listeners}", float(short), "writes not taken whole", "<= 0"),
    ]


async def window(rivals: list[Rival], seconds: float) -> dict[str, Cost]:
    """All servers over the same seconds."""
    before = {rival.name: await asyncio.to_thread(rival.load.figures) for rival in rivals}
    spent = {rival.name: cpu_s(*rival.pids) for rival in rivals}
    began_s = time.monotonic()
    await asyncio.sleep(seconds)
    spent = {rival.name: cpu_s(*rival.pids) - spent[rival.name] for rival in rivals}
    took_s = time.monotonic() - began_s
    after = {rival.name: await asyncio.to_thread(rival.load.figures) for rival in rivals}
    return {
        rival.name: Cost(
            1e6 * spent[rival.name] / took_s / rival.load.listeners,
            after[rival.name],
            before[rival.name],
            took_s,
        )
        for rival in rivals
    }


def lines(windows: list[dict[str, Cost]], listeners: int, cadence: int) -> list[Result]:
    """The figures of one cadence: sums over the windows, so that each weighs alike."""
    tag = f"x{cadence}_{listeners}"
    cost = {name: sum(w[name].us for w in windows) / len(windows) for name in windows[0]}
    found: list[Result] = []
    for name, us in cost.items():
        found.append((f"cost_{name}_{tag}", us, "us CPU per listener-second", ""))
        found.append((f"cores_{name}_{tag}", 1e6 / us if us else 0.0, "listeners per core", ""))
        found.append((f"line_{name}_{tag}", _kbit(windows[-1][name], listeners), "kbit/s per listener", ""))
        found.append((f"faults_{name}_{tag}", float(sum(w[name].faults for w in windows)), "faults", "<= 0"))
    found.append((f"ratio_floor_{tag}", cost["fanout"] / cost["floor"], "of the floor", "<= 1.15"))
    if "icecast" in cost:
        # Per bit that arrived: a listener whom Icecast has not let in, or who lags, costs nothing.
        per_bit = {name: cost[name] / _kbit(windows[-1][name], listeners) for name in ("icecast", "fanout")}
        goal = f">= {ICECAST_GOALS[cadence]}"
        found.append(
            (f"ratio_icecast_{tag}", per_bit["icecast"] / per_bit["fanout"], "of Icecast's crowd", goal)
        )
    return found


def _kbit(cost: Cost, listeners: int) -> float:
    size_bytes = cost.heard.heard.size_bytes - cost.before.heard.size_bytes
    return 8e-3 * size_bytes / cost.took_s / listeners


if __name__ == "__main__":
    asyncio.run(main())
