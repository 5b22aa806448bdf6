import asyncio

from stentor.log.bus import Bus
from stentor.log.house_key import house_key


async def test_whoever_asks_first_or_at_once_all_get_the_same_key(bus: Bus, space_id: str) -> None:
    keys = await asyncio.gather(*(house_key(bus, space_id) for _ in range(5)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert await house_key(bus, f"{space_id}-other") != keys[0]
