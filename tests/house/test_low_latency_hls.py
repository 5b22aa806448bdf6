"""The live LL-HLS list under the strict checker: no rule is broken, nothing stands still.

Twenty seconds, which is three segments and sixty parts; a minute with STENTOR_LONG=1 (`make drills`).
"""

import asyncio
import os

from house.house import House
from stentor.rehearsal.hls_watch import watch

WATCH_S = 60 if os.environ.get("STENTOR_LONG") == "1" else 20


def test_watching_low_latency_hls_finds_no_broken_rule(house: House) -> None:
    findings = asyncio.run(watch(f"{house.edge_url}/s/debate/hls/index.m3u8", seconds=WATCH_S))
    assert list(findings.violations) == []
    assert findings.part_count >= 1.5 * WATCH_S
    assert findings.delta_count >= WATCH_S // 6
