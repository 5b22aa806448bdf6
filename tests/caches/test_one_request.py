"""However many listeners ask, the edge is asked once: 400 players behind each cache, in real time.

What each cache does beyond that is printed (`pytest -s`) and written down in docs/DEPLOY.md.
"""

import asyncio
import re
import sys
from collections import Counter

from caches.conftest import Opener
from caches.crowd import play
from caches.tap import Asked
from stentor.edge.answers import takes_gzip

LISTENERS = 200
PLAY_S = 6.0
CODINGS = {"nginx": 1, "varnish": 1, "trafficserver": 2}
"""Copies of a list that a cache asks for: Traffic Server keeps a packed one and a raw one."""
_FOR_EVER = re.compile(r"/hls/(init\.mp4|part/\d+\.m4s|seg/\d+\.m4s|index\.m3u8\?.*_HLS_msn=.*)$")


async def test_each_object_is_asked_for_once_for_two_hundred_listeners(
    behind: Opener, cache_name: str
) -> None:
    async with behind() as b, b.stage.live():
        crowd, reference = await asyncio.gather(
            play(b.cache.base, b.space_id, low_latency=LISTENERS, plain=LISTENERS, seconds=PLAY_S),
            play(b.edge, b.space_id, low_latency=1, plain=0, seconds=PLAY_S),
        )
        asked = list(b.tap.asked)
    assert crowd.troubles == []
    assert crowd.players_done == 2 * LISTENERS
    lags = crowd.lags_ms(reference)
    sys.stdout.write(
        f"\n{cache_name}: {crowd.answers} answers, {len(asked)} requests at the edge; a part comes "
        f"{lags[len(lags) // 2]:.0f} ms (median), {lags[len(lags) * 99 // 100]:.0f} ms (p99) late\n"
    )
    again = {o: n for o, n in Counter(map(_object, asked)).items() if n > 1 and _FOR_EVER.search(o[0])}
    assert again == {}
    kinds = Counter(_kind(a.target) for a in asked)
    assert kinds["part"] >= 8
    assert kinds["directed list"] >= 8
    assert len({_object(a)[1] for a in asked if ".m3u8" in a.target}) <= CODINGS[cache_name]
    # A list without directives lives for a second.
    assert kinds["list"] <= CODINGS[cache_name] * 2 * (PLAY_S + 2)


def _object(asked: Asked) -> tuple[str, bool]:
    is_list = ".m3u8" in asked.target
    return asked.target, is_list and takes_gzip(asked.fields.get("accept-encoding", ""))


def _kind(target: str) -> str:
    if "_HLS_msn" in target:
        return "directed list"
    return "list" if ".m3u8" in target else target.split("/")[-2]
