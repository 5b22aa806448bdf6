"""A Space on the air in real time, a tone all along, and an edge: what every player here is given."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_door import front_door
from stentor.edge.pages import BUILT
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

IS_LONG = os.environ.get("STENTOR_LONG") == "1"
PLAY_S = 60.0 if IS_LONG else 6.0
"""How long each player plays. `STENTOR_LONG=1` is the promise, 6 s is the everyday check."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """Args: edge: the front door; space: the Space's page below it; epoch_ms: when its sample 0 was."""

    edge: str
    space: str
    epoch_ms: int


@pytest.fixture
async def on_air(nats_url: str, bus: Bus, space_id: str) -> AsyncIterator[OnAir]:
    stage = await SyntheticStage.open(bus, space_id, chunks=45, has_captions=True)
    async with front_door(nats_url, pages_dir=BUILT) as edge, stage.live():
        yield OnAir(edge, f"{edge}/s/{space_id}", stage.epoch_ms)


@pytest.fixture
def open_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for a player that is not root (VLC refuses to be)."""
    directory = tmp_path_factory.mktemp("player")
    base = tmp_path_factory.getbasetemp()
    # Two files at a time have a directory more above them, one for each worker.
    top = base.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else base.parent
    for path in (directory, *directory.parents):
        if path.stat().st_uid == os.geteuid() and path.is_relative_to(top):
            path.chmod(0o777 if path == directory else 0o755)
    return directory
