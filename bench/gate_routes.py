"""What each public route costs the gate, and whom it costs: wrk on one route after the other.

    python bench/gate_routes.py [seconds per route]

An edge in processes of its own on one core, as on a small machine; wrk on the other, eight connections that
ask without a pause. Beside requests per second and the gate's CPU per request: how late the gate's own loop
was (the median of a second's ten knocks, the worst second), and how late the fan-out's turns were, which is
what those who sit there would have heard. Prints `name value unit goal` lines.
"""

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from crowd_house import cpu_s
from edge_process import EdgeProcess, edge_process
from siege import tools
from stage_house import Result, report
from stentor.log.bus import connected
from stentor.log.server import EmbeddedServer
from synthetic_stage import SyntheticStage

SPACE = "routes"
CONNECTIONS = 8
SECONDS = 4
NICE = 10
_AT = f"/s/{SPACE}"
ROUTES = (
    "/",
    "/spaces.json",
    "/embed.js",
    "/feed.xml",
    "/cover.png",
    "/healthz",
    "/metrics",
    f"/oembed?url=http://127.0.0.1{_AT}",
    _AT,
    f"{_AT}/space.json",
    f"{_AT}/event.ics",
    f"{_AT}/card.png",
    f"{_AT}/clip.m4a?from_ms=0&to_ms=9000",
    f"{_AT}/clip.m4a?from_ms=0&to_ms=60000",
    f"{_AT}/record/so-far.mp4",
    f"{_AT}/hls/master.m3u8",
    f"{_AT}/hls/index.m3u8",
    f"{_AT}/hls/plain.m3u8",
    f"{_AT}/hls/captions.m3u8",
    f"{_AT}/hls/captions/9.vtt",
    f"{_AT}/hls/seg/4.m4s",
    f"{_AT}/hls/seg/9.m4s",
    f"{_AT}/hls/part/95.m4s",
    f"{_AT}/replay/index.m3u8",
    "/s/nowhere/live.mp4",
)


@dataclass(slots=True)
class Felt:
    """The worst second since it was last asked."""

    queue_ms: float = 0.0
    late_ms: float = 0.0

    def hear(self, _subject: str, payload: bytes) -> None:
        told = json.loads(payload)
        self.queue_ms = max(self.queue_ms, told["queue_ms"])
        self.late_ms = max(self.late_ms, told["late_ms"])


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    ours, wrks = _cores()
    os.sched_setaffinity(0, ours)
    with tempfile.TemporaryDirectory() as folder:
        report("gate_routes", asyncio.run(measured(Path(folder), seconds, wrks)))


def _cores() -> tuple[set[int], set[int]]:
    """The edge's and wrk's; where there is only one core it is both's."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, {cores[-1]}


async def measured(folder: Path, seconds: int, wrks: set[int]) -> list[Result]:
    server, felt, results = EmbeddedServer(folder / "nats"), Felt(), list[Result]()
    await server.start()
    try:
        async with (
            connected(server.url, name="bench") as bus,
            edge_process(server.url, folder / "edge", fanouts=1, door_requests_per_s=100_000) as edge,
        ):
            os.sched_setaffinity(0, wrks)  # the edge stays where it began
            stage = await SyntheticStage.open(bus, SPACE, chunks=100)
            async with stage.live():
                subscription = await bus.subscribe("edge.*.part.*", felt.hear)
                await _quiet(felt)
                results.append(("nothing, turns late", felt.late_ms, "ms", ""))
                for path in ROUTES:
                    results += await _route(edge, path, folder, felt, seconds=seconds)
                await subscription.close()
    finally:
        await server.stop()
    return results


async def _quiet(felt: Felt) -> None:
    await asyncio.sleep(3)
    felt.queue_ms = felt.late_ms = 0.0
    await asyncio.sleep(3)


async def _route(edge: EdgeProcess, path: str, folder: Path, felt: Felt, *, seconds: int) -> list[Result]:
    async with aiohttp.ClientSession() as http, http.get(edge.url + path) as answer:
        status, size = answer.status, len(await answer.read())
    gate = edge.pids("gate")[0]
    felt.queue_ms = felt.late_ms = 0.0
    before_s = cpu_s(gate)
    with tools.wrk(edge.url, [path], folder, connections=CONNECTIONS, seconds=seconds, nice=NICE) as wrk:
        await asyncio.sleep(seconds + 0.5)
        seen = await asyncio.to_thread(wrk.ended)
    spent_us = 1e6 * (cpu_s(gate) - before_s) / max(1, seen.offered)
    await asyncio.sleep(1.1)
    what = f"{path.replace(_AT, '/s/…')} ({status}, {size / 1000:.1f} kB)"
    return [
        (what, seen.offered / seconds, "requests/s", ""),
        (f"{what}, gate", spent_us, "us", ""),
        (f"{what}, well answered", 100 * (seen.answered_well or 0) / max(1, seen.offered), "%", ""),
        (f"{what}, loop late", felt.queue_ms, "ms", ""),
        (f"{what}, turns late", felt.late_ms, "ms", ""),
    ]


if __name__ == "__main__":
    main()
