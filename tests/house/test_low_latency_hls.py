"""One minute of the live LL-HLS list under the strict checker: no rule is broken, nothing stands still."""

import asyncio

from house.house import House
from stentor.rehearsal.hls_watch import watch


def test_a_minute_of_low_latency_hls_breaks_no_rule(house: House) -> None:
    findings = asyncio.run(watch(f"{house.edge_url}/s/debate/hls/index.m3u8", seconds=60))
    assert list(findings.violations) == []
    assert findings.part_count >= 90
    assert findings.delta_count >= 10
