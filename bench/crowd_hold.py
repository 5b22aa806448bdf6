"""How many real listeners one machine holds together with their load generator, lowest rung, cadence 4.

    python bench/crowd_hold.py --listeners 200000 --seconds 60

Every listener reads every byte and every chunk's number is checked; 50 of them are decoded afterwards. Prints
`name value unit goal` lines; writes build/bench/crowd_hold.json.
"""

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path

import psutil

from crowd_figures import percentile_line
from crowd_house import Edge, cpu_s, edge_on_the_air, load_line, user_bytes
from crowd_joining import Joining
from crowd_load import Load
from stage_house import Result, report
from stentor.space.rung import Codec

_JOINING_EXTRA_S = 30.0
_SETTLE_S = 4.0
_SAMPLES = 50
_READ_EVERY_S = 0.04
"""Each listener is written to every 2.56 s. Later than this the kernel acknowledges by a timer, which would
cost the machine more than the wake-up that is saved."""


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listeners", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--joins-per-s", type=float, default=3000)
    parser.add_argument("--joins-at-last-per-s", type=float, default=500)
    parser.add_argument("--gates", type=int, default=1)
    arguments = parser.parse_args()
    print(load_line(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        async with edge_on_the_air(
            Path(folder), listeners=arguments.listeners, gates=arguments.gates
        ) as edge:
            await edge.order(rung="low", cadence=4)
            joining = Joining(arguments.listeners, arguments.joins_per_s, arguments.joins_at_last_per_s)
            joining_s = joining.due_s(arguments.listeners) + _JOINING_EXTRA_S
            with Load(
                edge.target(Codec.OPUS),
                listeners=arguments.listeners,
                joins_per_s=arguments.joins_per_s,
                joins_at_last_per_s=arguments.joins_at_last_per_s,
                read_every_s=_READ_EVERY_S,
                samples=_SAMPLES,
                seconds_max=joining_s + arguments.seconds + 60,
            ) as load:
                results = await held(edge, load, joining_s=joining_s, seconds=arguments.seconds)
    print(load_line())
    report("crowd_hold", results)


async def held(edge: Edge, load: Load, *, joining_s: float, seconds: float) -> list[Result]:
    """Joins, then the time of holding, then the sample."""
    gates, fanouts = edge.pids("gate"), edge.pids("fanout")
    empty_bytes, gates_s = user_bytes(*fanouts), cpu_s(*gates)
    joined = await asyncio.to_thread(load.until_seated, joining_s)
    gates_s = cpu_s(*gates) - gates_s
    print(percentile_line("joining", joined), flush=True)
    await asyncio.sleep(_SETTLE_S)
    before = await asyncio.to_thread(load.figures)
    skipped, fanouts_s = sum(edge.skipped.values()), cpu_s(*fanouts)
    busy_s, began_s = _busy_s(), time.monotonic()
    edge.late_ms.clear()
    await asyncio.sleep(seconds)
    after = await asyncio.to_thread(load.figures)
    took_s = time.monotonic() - began_s
    fanouts_s, busy_s = cpu_s(*fanouts) - fanouts_s, _busy_s() - busy_s
    hearing, late_ms = edge.hearing, max(edge.late_ms.values(), default=0.0)
    skipped = sum(edge.skipped.values()) - skipped
    full_bytes = user_bytes(*fanouts)
    reads = after.heard.reads - before.heard.reads
    sample = await asyncio.to_thread(load.decoded)
    print(f"# ended by the edge: {[e for e in edge.ended.values() if e]}")
    print(f"# gaps while joining: {before.heard.gaps}, compared {reads}, parsed {after.heard.parsed}")
    return [
        ("hold_listeners", float(after.heard.seated - after.heard.ended), "listeners", ">= 200000"),
        ("hold_hearing", float(hearing), "by the edge's own count", ""),
        ("hold_seconds", took_s, "s", ">= 60"),
        ("hold_gaps", float(after.heard.gaps - before.heard.gaps), "chunks", "<= 0"),
        ("hold_repeats", float(after.heard.repeats), "chunks", "<= 0"),
        ("hold_skipped", float(skipped), "chunks, by the edge", "<= 0"),
        ("hold_ended", float(after.heard.ended), "listeners", "<= 0"),
        ("hold_refused", float(after.heard.refused + after.errors), "knocks that were not let in", "<= 0"),
        ("hold_wait_max", after.heard.wait_max_s, "s between reads", "<= 3.2"),
        ("hold_turn_late_max", late_ms, "ms", "<= 200"),
        ("hold_reads", reads / took_s, "reads per s", ""),
        ("hold_line", 8e-6 * (after.heard.size_bytes - before.heard.size_bytes) / took_s, "Mbit/s", ""),
        ("hold_fanouts_cpu", fanouts_s / took_s, "cores", ""),
        ("hold_load_cpu", (after.cpu_s - before.cpu_s) / took_s, "cores", ""),
        ("hold_machine_cpu", busy_s / took_s, f"cores of {os.cpu_count()}, others included", ""),
        ("hold_cost", 1e6 * fanouts_s / took_s / load.listeners, "us CPU per listener-second", ""),
        ("hold_load_cost", 1e6 * (after.cpu_s - before.cpu_s) / reads, "us CPU of the load per read", ""),
        ("hold_memory", (full_bytes - empty_bytes) / load.listeners, "bytes per listener", "<= 1024"),
        ("hold_decoded", float(sample.decoded - sample.decode_faults), "listeners", f">= {_SAMPLES}"),
        ("hold_joins", len(joined.joins_ms) / max(0.001, joined.joining_s), "joins per s", ""),
        ("hold_joins_core", len(joined.joins_ms) / max(0.001, gates_s), "joins per s of gate CPU", ">= 4000"),
        ("hold_join_p99", joined.join_ms(0.99), "ms", "<= 1000"),
    ]


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


if __name__ == "__main__":
    asyncio.run(main())
