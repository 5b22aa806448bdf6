"""A Space in its green room, for the tests that start its stage."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stage.one_space import House
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.stage.space_stage import Stores


@pytest.fixture
async def house(bus: Bus, space_id: str, data_dir: Path) -> AsyncIterator[House]:
    stores = await Stores.open(bus)
    house = House(bus, stores, space_id, data_dir)
    await stores.spaces.create(Space(space_id, "A test", State.GREEN_ROOM, created_ms=house.clock.wall_ms()))
    await bus.ensure_stream(space_id)
    subscription = await bus.subscribe(f"space.{space_id}.tick.*", house.take_tick)
    yield house
    await subscription.close()
