"""How the fan-out's cost grows: with listeners, with Spaces, with the kinds of streams that they take.

    python bench/crowd_growth.py [listeners|spaces|rungs …] [--listeners 250 … 8000] [--spaces 1 10 50 200]
                                 [--crowd 2000] [--seconds 7.68]

One fan-out process, whose CPU is the kernel's figure, over real connections that read all they get; every
chunk's number is checked. *Listeners*: more and more in one Space. *Spaces*: the same crowd over more and
more of them; each is read from the log (four rungs and a tick per 0.64 s) and framed on its own. *Rungs*:
the same crowd in one Space, on other rungs and formats, alone and mixed. Prints `name value unit goal` lines;
writes build/bench/crowd_growth.json.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from crowd_house import SPACE_ID, Edge, cpu_s, edge_on_the_air, load_line
from crowd_process import CrowdProcess
from crowd_rooms import JOINS_PER_S, RoomsPlan, rooms_crowd
from stage_house import Result, report
from stentor.limits import CHUNK_MS
from synthetic_stage import SyntheticStage

CADENCES = (1, 4)
_AAC, _OPUS, _ADTS = "live.mp4?codec=aac", "live.mp4?codec=opus", "live.aac"
STREAMS = {
    "aac64": ("high", (_AAC,)),
    "opus32": ("high", (_OPUS,)),
    "aac32": ("low", (_AAC,)),
    "opus16": ("low", (_OPUS,)),
    "opus32_aac64": ("high", (_OPUS, _AAC)),
    "aac64_adts64": ("high", (_AAC, _ADTS)),
    "opus32_aac64_adts64": ("high", (_OPUS, _AAC, _ADTS)),
}
"""What the crowd takes, in equal shares: the ladder's rung, the paths."""
_SETTLE_S = 3.0
_SEATED_S = 15.0
_STAGE_CHUNKS = 12
_OPENED_PER_S = 20.0
Crowd = CrowdProcess[RoomsPlan]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="*", default=["listeners", "spaces", "rungs"])
    parser.add_argument("--listeners", type=int, nargs="+", default=[250, 500, 1_000, 2_000, 4_000, 8_000])
    parser.add_argument("--spaces", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--crowd", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=7.68)
    arguments = parser.parse_args()
    results: list[Result] = []
    print(load_line(), flush=True)
    if "listeners" in arguments.what:
        results += await over_listeners(arguments.listeners, seconds=arguments.seconds)
    if "spaces" in arguments.what:
        for spaces in arguments.spaces:
            results += await over_spaces(spaces, listeners=arguments.crowd, seconds=arguments.seconds)
    if "rungs" in arguments.what:
        results += await over_rungs(listeners=arguments.crowd, seconds=arguments.seconds)
    print(load_line())
    report("crowd_growth", results)


async def over_listeners(sizes: Sequence[int], *, seconds: float) -> list[Result]:
    """One Space; at each size the newcomers are a crowd of their own, and the others stay."""
    results: list[Result] = []
    seconds_max = 60 + len(sizes) * (_SEATED_S + len(CADENCES) * (seconds + _SETTLE_S))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        edge = await stack.enter_async_context(edge_on_the_air(folder, listeners=max(sizes), one_fanout=True))
        await edge.order(rung="high", cadence=1)
        # The first listener is why the log is read at all.
        crowds = [await _joined(stack, edge, [_path(_AAC)], 1, network=19, seconds_max=seconds_max)]
        await asyncio.sleep(_SETTLE_S)
        spent_ms, _ = await spent(edge, seconds=seconds)
        results.append(("growth_one_listener", spent_ms, "ms CPU per s", ""))
        for index, size in enumerate(sorted(sizes)):
            more = size - sum(crowd.listeners for crowd in crowds)
            crowds.append(
                await _joined(stack, edge, [_path(_AAC)], more, network=20 + index, seconds_max=seconds_max)
            )
            for cadence in CADENCES:
                await edge.order(rung="high", cadence=cadence)
                results += await measured(f"listeners_x{cadence}", size, edge, crowds, seconds=seconds)
    return results


async def over_spaces(spaces: int, *, listeners: int, seconds: float) -> list[Result]:
    """The same crowd in equal shares over so many Spaces."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        edge = await stack.enter_async_context(edge_on_the_air(folder, listeners=listeners, one_fanout=True))
        names = [SPACE_ID, *(f"room{index}" for index in range(1, spaces))]
        for name in names[1:]:
            stage = await SyntheticStage.open(edge.bus, name, chunks=_STAGE_CHUNKS)
            await stack.enter_async_context(stage.live())
            # Stages do not speak in step.
            await asyncio.sleep(CHUNK_MS / 1000 / spaces)
        await edge.order(rung="high", cadence=1)
        paths = [f"/s/{name}/{_AAC}" for name in names]
        seconds_max = 120 + spaces / _OPENED_PER_S + seconds
        # The first listener of each Space opens it; that is not what is measured.
        first = await _joined(
            stack, edge, paths, spaces, network=40, seconds_max=seconds_max, joins_per_s=_OPENED_PER_S
        )
        rest = await _joined(
            stack, edge, paths, max(1, listeners - spaces), network=41, seconds_max=seconds_max
        )
        results = await measured("spaces", spaces, edge, [first, rest], seconds=seconds)
        gate_s, began_s = cpu_s(*edge.pids("gate")), time.monotonic()
        await asyncio.sleep(_SETTLE_S)
        gate_ms = 1e3 * (cpu_s(*edge.pids("gate")) - gate_s) / (time.monotonic() - began_s)
        return [
            *results,
            (f"growth_spaces_gate_{spaces}", gate_ms, "ms CPU per s of the gate, nobody joins", ""),
        ]


async def over_rungs(*, listeners: int, seconds: float) -> list[Result]:
    """One Space, one kind of crowd after the other."""
    results: list[Result] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        edge = await stack.enter_async_context(edge_on_the_air(folder, listeners=listeners, one_fanout=True))
        for index, (name, (rung, paths)) in enumerate(STREAMS.items()):
            await edge.order(rung=rung, cadence=1)
            async with AsyncExitStack() as there:
                crowds = []
                for place, path in enumerate(paths):
                    share, network = listeners // len(paths), 60 + 4 * index + place
                    crowds.append(
                        await _joined(
                            there, edge, [_path(path)], share, network=network, seconds_max=90 + seconds
                        )
                    )
                results += await measured("rungs", name, edge, crowds, seconds=seconds)
    return results


async def measured(
    kind: str, tag: object, edge: Edge, crowds: Sequence[Crowd], *, seconds: float
) -> list[Result]:
    """One point of a curve: cost, line, faults."""
    listeners = sum(crowd.listeners for crowd in crowds)
    await asyncio.sleep(_SETTLE_S)
    before = [await asyncio.to_thread(crowd.tally) for crowd in crowds]
    edge.late_ms.clear()
    spent_ms, took_s = await spent(edge, seconds=seconds)
    late_ms = max(edge.late_ms.values(), default=0.0)
    after = [await asyncio.to_thread(crowd.tally) for crowd in crowds]
    size_bytes = sum(tally.size_bytes for tally in after) - sum(tally.size_bytes for tally in before)
    faults = sum(tally.faults for tally in after) - sum(tally.faults for tally in before)
    faults += listeners - sum(tally.seated for tally in after)
    return [
        (f"growth_{kind}_{tag}", 1e3 * spent_ms / listeners, "us CPU per listener-second", ""),
        (f"growth_{kind}_cpu_{tag}", spent_ms, "ms CPU per s", ""),
        (f"growth_{kind}_line_{tag}", 8e-3 * size_bytes / took_s / listeners, "kbit/s per listener", ""),
        (f"growth_{kind}_late_{tag}", late_ms, "ms, the latest turn", ""),
        (f"growth_{kind}_faults_{tag}", float(faults), "faults", "<= 0"),
    ]


async def spent(edge: Edge, *, seconds: float) -> tuple[float, float]:
    """Returns the fan-out's ms of CPU per second, and how long it was watched."""
    pids = edge.pids("fanout")
    spent_s, began_s = cpu_s(*pids), time.monotonic()
    await asyncio.sleep(seconds)
    took_s = time.monotonic() - began_s
    return 1e3 * (cpu_s(*pids) - spent_s) / took_s, took_s


async def _joined(
    stack: AsyncExitStack,
    edge: Edge,
    paths: list[str],
    listeners: int,
    *,
    network: int,
    seconds_max: float,
    joins_per_s: float = JOINS_PER_S,
) -> Crowd:
    crowd = rooms_crowd(
        edge.port,
        paths,
        listeners=listeners,
        network=network,
        seconds_max=seconds_max,
        joins_per_s=joins_per_s,
    )
    stack.enter_context(crowd)
    found = await asyncio.to_thread(crowd.until_seated, _SEATED_S + listeners / joins_per_s)
    if found.seated < listeners:
        print(f"# {found.seated} of {listeners} are seated; {found.troubles or 'no trouble'}", flush=True)
    return crowd


def _path(stream: str) -> str:
    return f"/s/{SPACE_ID}/{stream}"


if __name__ == "__main__":
    asyncio.run(main())
