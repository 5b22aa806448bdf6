"""`kill -9` of the scribe and of NATS at any moment: every acknowledged chunk is in the sealed programme.

Fifty deaths: `make drill-record`.
"""

from pathlib import Path

import pytest

from record_kills import Drill


@pytest.mark.alone
async def test_no_acknowledged_chunk_is_lost_whoever_dies(tmp_path: Path) -> None:
    drill = Drill(tmp_path, kills=5, seed=3)
    await drill.run()
    assert min(drill.killed.values()) >= 1
    assert len(drill.acknowledged) > 20
    assert drill.wrong == []
