"""Places for long answers."""

from collections.abc import AsyncIterator

import pytest

from stentor.edge.replay.places import Places
from stentor.errors import Full


async def pieces() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"x"


async def test_a_place_is_taken_from_the_first_piece_to_the_last() -> None:
    places = Places("Downloads", places_max=2, retry_after_s=30)
    one, two = places.held(pieces()), places.held(pieces())
    places.check()
    await anext(one)
    places.check()
    await anext(two)
    with pytest.raises(Full) as full:
        places.check()
    assert full.value.headers()["Retry-After"] == "30"
    assert [piece async for piece in one] == [b"x", b"x"]
    places.check()


async def test_a_place_is_free_again_when_nobody_wants_the_rest() -> None:
    places = Places("Downloads", places_max=1, retry_after_s=30)
    held = places.held(pieces())
    await anext(held)
    await held.aclose()
    assert places.taken == 0
