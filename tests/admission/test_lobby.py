from dataclasses import replace

import pytest

from stentor.admission.lobby import LOBBY_ENDS_S, LOBBY_S, bucket_now, is_lobby_open
from stentor.space.lifecycle import State
from stentor.space.record import Space

STARTS_MS = 1_700_000_000_000
SPACE = Space("demo", "A talk", State.SCHEDULED, created_ms=0, starts_ms=STARTS_MS)


@pytest.mark.parametrize(
    ("space", "now_ms", "is_open"),
    [
        (SPACE, STARTS_MS - LOBBY_S * 1000 - 1, False),
        (SPACE, STARTS_MS - LOBBY_S * 1000, True),
        (SPACE, STARTS_MS + LOBBY_ENDS_S * 1000 - 1, True),
        (SPACE, STARTS_MS + LOBBY_ENDS_S * 1000, False),
        (replace(SPACE, starts_ms=None), STARTS_MS, False),
        (replace(SPACE, starts_ms=None, state=State.GREEN_ROOM), 0, True),
        (replace(SPACE, state=State.ON_AIR, on_air_ms=STARTS_MS), STARTS_MS, False),
        (replace(SPACE, state=State.ENDED), STARTS_MS, False),
    ],
)
def test_the_lobby_is_open_from_an_hour_before_the_hour_to_six_after_it_or_with_the_green_room(
    space: Space, now_ms: int, is_open: bool
) -> None:
    assert is_lobby_open(space, now_ms=now_ms) is is_open


def test_buckets_are_the_lobby_then_seconds_on_the_air_then_the_networks_delay() -> None:
    assert bucket_now(None, now_ms=STARTS_MS) == 0
    assert bucket_now(None, now_ms=STARTS_MS, behind_s=7) == 7
    for since_ms, bucket in ((-50, 1), (0, 1), (999, 1), (1000, 2), (60_000, 61)):
        assert bucket_now(STARTS_MS, now_ms=STARTS_MS + since_ms) == bucket
    assert bucket_now(STARTS_MS, now_ms=STARTS_MS + 60_000, behind_s=30) == 91
    assert bucket_now(STARTS_MS, now_ms=STARTS_MS + 10**15) == (1 << 32) - 1
