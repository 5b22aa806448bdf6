"""What a bad line does, by the numbers."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.rehearsal.bad_line import PERFECT, BadLine, Faults

PACKET_MS = 20.0


def arrivals(faults: Faults, *, seed: int = 1, count: int = 20_000) -> list[tuple[float, ...]]:
    line = BadLine(faults, seed=seed)
    return [line.arrivals(index * PACKET_MS) for index in range(count)]


def test_a_perfect_line_changes_nothing() -> None:
    assert arrivals(PERFECT, count=100) == [(index * PACKET_MS,) for index in range(100)]


@pytest.mark.parametrize("burst", [None, 3.0, 8.0])
def test_the_loss_is_what_was_asked_for_in_bursts_or_not(burst: float | None) -> None:
    """Ten percent, each by itself (a mean of 1/0.9 in a row) or three or eight in a row."""
    is_lost = [not times for times in arrivals(Faults(loss=0.1, burst=burst))]
    runs = [len(list(run)) for lost, run in groupby(is_lost) if lost]
    assert sum(is_lost) / len(is_lost) == pytest.approx(0.1, abs=0.02)
    assert sum(runs) / len(runs) == pytest.approx(burst or 1 / 0.9, rel=0.15)


def test_the_same_seed_is_the_same_line() -> None:
    faults = Faults(loss=0.2, delay_ms=10, jitter_ms=50, duplicates=0.1)
    assert arrivals(faults, seed=5) == arrivals(faults, seed=5) != arrivals(faults, seed=6)


def test_jitter_above_the_packet_time_makes_datagrams_overtake_unless_the_line_is_a_queue() -> None:
    """18 % of them at 50 ms: (30/50)²/2; every delay stays between the least and the most."""
    for keeps_order in (False, True):
        line = BadLine(Faults(delay_ms=10, jitter_ms=50, keeps_order=keeps_order), seed=2)
        times = [line.arrivals(index * PACKET_MS)[0] for index in range(2_000)]
        assert (times == sorted(times)) is keeps_order
        assert (line.overtaking_count > 300) is not keeps_order
        delays = [at - index * PACKET_MS for index, at in enumerate(times)]
        assert 10 <= min(delays) < 12
        assert 58 < max(delays) <= 60


def test_duplicates_arrive_twice() -> None:
    doubled = [times for times in arrivals(Faults(duplicates=0.25, jitter_ms=5)) if len(times) > 1]
    assert len(doubled) / 20_000 == pytest.approx(0.25, abs=0.02)
    assert any(first != second for first, second in doubled)


def test_the_weather_turns_while_the_line_is_up() -> None:
    line = BadLine(Faults(loss=0.9), seed=1)
    for index in range(100):
        line.arrivals(index * PACKET_MS)
    line.faults = PERFECT
    assert all(line.arrivals(index * PACKET_MS) for index in range(100, 200))
    assert line.lost_count > 80


@given(st.floats(0, 0.9), st.floats(1, 20), st.floats(0, 100), st.booleans(), st.integers())
def test_nothing_arrives_before_it_set_out_and_everything_is_counted(
    loss: float, burst: float, jitter_ms: float, keeps_order: bool, seed: int
) -> None:
    faults = Faults(
        loss=loss,
        burst=max(burst, 1 / (1 - loss)),
        delay_ms=7,
        jitter_ms=jitter_ms,
        keeps_order=keeps_order,
    )
    line = BadLine(faults, seed=seed)
    for now_ms in range(0, 400, 20):
        assert all(now_ms + 7 <= at_ms <= now_ms + 7 + jitter_ms for at_ms in line.arrivals(now_ms))
    assert line.passed_count + line.lost_count == 20
