"""How many listen behind a cache: by the seconds of sound it handed out, from its own log."""

import asyncio
import json
import random
import shutil
import subprocess

import aiohttp
import pytest

from caches.conftest import Opener
from caches.crowd import play
from caches.servers import DEPLOY
from caches.tap import until
from stentor.limits import CHUNK_MS, CHUNKS_PER_SEGMENT
from stentor.log.bus import Bus

PART_S = CHUNK_MS / 1000
SEGMENT_S = PART_S * CHUNKS_PER_SEGMENT
LISTENERS = 100


def estimate(lines: list[str], *, seconds: float) -> dict[str, int]:
    """What deploy/listeners.awk says."""
    awk = shutil.which("awk")
    assert awk is not None
    told = subprocess.run(
        [awk, "-v", f"seconds={seconds}", "-f", str(DEPLOY / "listeners.awk")],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    return {space: int(count) for space, count in (line.split() for line in told.stdout.splitlines())}


@pytest.mark.parametrize(("object_s", "error"), [(PART_S, 0.02), (SEGMENT_S, 0.10)])
@pytest.mark.parametrize("listeners", [1, 10, 1000])
def test_in_a_minute_each_listener_is_wrong_by_one_object_at_most(
    object_s: float, error: float, listeners: int
) -> None:
    rng = random.Random(5)
    kind = "part" if object_s == PART_S else "seg"
    lines = []
    for _ in range(listeners):
        at_s = rng.uniform(0, object_s)
        while at_s < 60:
            lines.append(f"2026-11-22T20:00:{int(at_s):02}Z GET /s/debate/hls/{kind}/{int(at_s)}.m4s 200")
            at_s += object_s
    assert estimate(lines, seconds=60)["debate"] == pytest.approx(listeners, rel=error)


def test_what_is_no_sound_is_not_counted() -> None:
    hls = "2026-11-22T20:00:00Z GET /s/debate/hls"
    lines = [
        f"{hls}/index.m3u8?_HLS_msn=4 200",
        f"{hls}/init.mp4 200",
        f"{hls}/part/5.m4s 404",
        f"{hls}/part/5.m4s 304",
        f"{hls.replace('GET', 'HEAD')}/part/5.m4s 200",
        "",
        "no line of ours",
    ]
    assert estimate(lines, seconds=60) == {}


async def test_the_log_of_a_real_cache_counts_its_listeners(behind: Opener) -> None:
    parts = 4
    async with behind() as b, b.stage.live():
        crowd = asyncio.create_task(
            play(b.cache.base, b.space_id, low_latency=LISTENERS, plain=0, seconds=(parts + 3) * PART_S)
        )
        # From the third new part on, everybody has joined.
        await until(lambda: len(b.tap.part_numbers()) >= 6)
        first = max(b.tap.part_numbers())
        await crowd
        counted = {f"/s/{b.space_id}/hls/part/{n}.m4s" for n in range(first, first + parts)}

        def lines() -> list[str]:
            text = b.cache.request_log.read_text() if b.cache.request_log.exists() else ""
            return [line for line in text.splitlines() if line.split()[2] in counted]

        await until(lambda: len(lines()) >= LISTENERS * parts)
        assert estimate(lines(), seconds=parts * PART_S)[b.space_id] == LISTENERS


@pytest.mark.parametrize("cache_name", ["nginx", "varnish"])
async def test_the_key_of_a_private_space_is_in_no_log(behind: Opener) -> None:
    async with behind() as b, aiohttp.ClientSession(b.cache.base) as http:
        log, asked = b.cache.request_log, 0
        async with asyncio.timeout(15):
            while not log.exists() or len(log.read_text().splitlines()) < 30:  # written in blocks
                for name in (f"{b.space_id}.opensesame/hls/part/5.m4s", f"{b.space_id}.opensesame?x={asked}"):
                    async with http.get(f"/s/{name}") as answer:
                        assert answer.status in {404, 503}
                asked += 1
        lines = log.read_text().splitlines()[-12:-1]
        part, page = f"/s/{b.space_id}/hls/part/5.m4s", f"/s/{b.space_id}"
        told = [line.split()[2] for line in lines if f"/s/{b.space_id}" in line]
        # Without their queries, where tickets and passes stand.
        assert set(told) == {part, page}
        assert len(told) == len(lines)
        assert "opensesame" not in log.read_text()


async def test_behind_a_cache_the_edges_own_estimate_is_a_lower_bound(behind: Opener, bus: Bus) -> None:
    """It sees whoever came first for an object: never more people than objects, nor than listeners."""
    beats: asyncio.Queue[dict[str, dict[str, int]]] = asyncio.Queue()
    hearing = await bus.subscribe("edge.*.beat", lambda _, data: beats.put_nowait(json.loads(data)["spaces"]))
    async with behind() as b, b.stage.live():
        await play(b.cache.base, b.space_id, low_latency=LISTENERS, plain=0, seconds=2)
        while (found := (await beats.get()).get(b.space_id)) is None:
            pass
        assert 1 <= found["hls"] <= min(LISTENERS, len(b.tap.asked))
    await hearing.close()
