"""The mixer's clock."""

import random

from hypothesis import given
from hypothesis import strategies as st

from stentor.limits import OPUS_FRAMES_PER_CHUNK
from stentor.stage.clockwork import CATCH_UP_TICKS_MAX, TICK_MS, Clockwork, Turn


def test_a_tick_is_mixed_when_it_begins() -> None:
    """Not before, and the wait is to the next one on the absolute grid."""
    clock = Clockwork(epoch_ms=1000, first_tick=32)
    assert clock.turn(1639) == Turn(wait_ms=1)
    assert clock.turn(1641) == Turn(is_due=True, wait_ms=19)
    assert clock.turn(1660) == Turn(is_due=True, wait_ms=20)


def test_small_lateness_is_made_up_for() -> None:
    """Nobody's words are cut for two ticks."""
    clock = Clockwork(epoch_ms=0, first_tick=0)
    late_ms = CATCH_UP_TICKS_MAX * TICK_MS + 1
    turns = [clock.turn(late_ms) for _ in range(CATCH_UP_TICKS_MAX + 2)]
    assert [turn.is_due for turn in turns] == [True] * (CATCH_UP_TICKS_MAX + 1) + [False]
    assert all(turn.silent_ticks == 0 for turn in turns)


def test_a_late_mixer_skips_ticks_and_does_not_burst() -> None:
    """What was missed is silence; exactly one tick is mixed."""
    clock = Clockwork(epoch_ms=0, first_tick=0)
    assert clock.turn(10 * TICK_MS) == Turn(silent_ticks=10, is_due=True, wait_ms=TICK_MS)


def test_after_a_chunk_or_more_whole_chunks_are_a_hole() -> None:
    """The chunk under way is filled up, the one that runs already is left out too."""
    clock = Clockwork(epoch_ms=0, first_tick=0)
    for tick in range(10):
        clock.turn(tick * TICK_MS)
    turn = clock.turn(100 * TICK_MS)
    assert (turn.silent_ticks, turn.skipped_chunks, turn.is_due) == (22, 3, False)
    assert clock.next_tick == 4 * OPUS_FRAMES_PER_CHUNK
    assert turn.wait_ms == 28 * TICK_MS


@given(st.integers(0, 2**32))
def test_every_tick_is_mixed_or_silent_or_in_a_hole_exactly_once(seed: int) -> None:
    """However late the process is, the timeline is exact."""
    chance = random.Random(seed)
    clock, now_ms, accounted = Clockwork(epoch_ms=0, first_tick=0), 0.0, 0
    for _ in range(200):
        before = clock.next_tick
        turn = clock.turn(now_ms)
        step = turn.silent_ticks + turn.is_due + turn.skipped_chunks * OPUS_FRAMES_PER_CHUNK
        if turn.skipped_chunks:
            assert (before + turn.silent_ticks) % OPUS_FRAMES_PER_CHUNK == 0
        accounted += step
        assert clock.next_tick == accounted
        now_ms += turn.wait_ms + chance.choice((0, 0, 0, 5, 45, 300, 2000)) * chance.random()
