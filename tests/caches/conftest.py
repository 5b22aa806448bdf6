"""A house for caches: a synthetic stage, a real edge, a tap on its door."""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from caches.servers import STARTERS, Cache
from caches.tap import Tap, tapped
from edge_door import front_door
from stentor.edge.waits import Waits
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage


@dataclass(frozen=True, slots=True)
class Behind:
    """A cache with its edge behind it.

    Args:
        edge: the edge's own address, past cache and tap.
    """

    cache: Cache
    tap: Tap
    edge: str
    stage: SyntheticStage
    space_id: str

    def url(self, name: str) -> str:
        return f"{self.cache.base}/s/{self.space_id}/{name}"


Opener = Callable[..., AbstractAsyncContextManager[Behind]]


@pytest.fixture(params=sorted(STARTERS))
def cache_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def behind(nats_url: str, bus: Bus, space_id: str, tmp_path: Path, cache_name: str) -> Opener:
    """Opens a cache in front of an edge: `async with behind() as b`."""

    @asynccontextmanager
    async def opened(*, waits: Waits | None = None) -> AsyncIterator[Behind]:
        stage = await SyntheticStage.open(bus, space_id, chunks=45)
        # Not pytest's own directory: a cache that is not root may not enter that one.
        with tempfile.TemporaryDirectory(prefix=f"stentor-{cache_name}-") as name:
            directory = Path(name)
            directory.chmod(0o755)
            async with (
                front_door(nats_url, pages_dir=tmp_path, waits=waits, shelf_dir=tmp_path / "shelf") as edge,
                tapped(int(edge.rpartition(":")[2])) as tap,
                STARTERS[cache_name](tap.port, directory) as cache,
            ):
                yield Behind(cache, tap, edge, stage, space_id)

    return opened
