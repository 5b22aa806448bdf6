"""CPU of one stage process: 2, 5, 13 and 25 people all talking, and 60 people of whom 3 talk.

    python bench/stage_cpu.py [--seconds 8]

Everything is real: NATS, the stage's process, WebRTC peers in another process sending recorded speech. Prints
`name value unit goal` lines and writes build/bench/stage_cpu.json. The machine should be idle otherwise.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

import psutil

from stage_house import Result, report, running_stage
from stentor.log.server import EmbeddedServer
from stentor.process import die_with_parent

CASES = ((2, 2), (5, 5), (13, 13), (25, 25), (60, 3))
GOALS = {(13, 13): "<= 45", (25, 25): "<= 70", (60, 3): "<= 70"}
LOAD = Path(__file__).with_name("stage_load.py")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8.0)
    arguments = parser.parse_args()
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "nats")
        await server.start()
        try:
            for people, talking in CASES:
                results += await measure(people, talking, server.url, Path(folder), arguments.seconds)
        finally:
            await server.stop()
    report("stage_cpu", results)


async def measure(people: int, talking: int, url: str, folder: Path, seconds: float) -> list[Result]:
    async with running_stage(url, folder, f"bench-{people}-{talking}") as stage:
        load = await asyncio.create_subprocess_exec(
            *(sys.executable, str(LOAD), "--nats", url, "--space", stage.space_id),
            *("--people", str(people), "--talking", str(talking), "--seconds", str(seconds + 4)),
            stdout=asyncio.subprocess.PIPE,
            preexec_fn=die_with_parent,
        )
        assert load.stdout is not None
        json.loads(await load.stdout.readline())
        await asyncio.sleep(2)  # a benchmark's own pause: the levels and buffers settle
        process = psutil.Process(stage.pid)
        before, from_byte = process.cpu_times(), stage.log.stat().st_size
        await asyncio.sleep(seconds)
        after = process.cpu_times()
        cpu = (after.user + after.system - before.user - before.system) / seconds * 100
        memory_mb = process.memory_info().rss / (1 << 20)
        late = stage.late_ticks(since_byte=from_byte)
        await load.wait()
    name = f"stage_{people}_people_{talking}_talking"
    return [
        (name, cpu, "% of a core", GOALS.get((people, talking), "-")),
        (f"{name}_memory", memory_mb, "MB", "-"),
        (f"{name}_late", float(late), "silent ticks", "0"),
    ]


if __name__ == "__main__":
    asyncio.run(main())
