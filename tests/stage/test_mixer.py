"""The mix and who is heard in it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stentor.stage.mixer import HANGOVER_TICKS, SPEAKING_TICKS_MIN, TalkMeter, mixed
from webrtc_peer import FRAME, Samples


def frame(level: float) -> Samples:
    return np.full(FRAME, level, np.float32)


@given(st.lists(st.floats(-1, 1, width=32), max_size=13))
def test_each_hears_the_sum_of_the_others(levels: list[float]) -> None:
    """And the audience the sum of all."""
    frames = {str(index): frame(level) for index, level in enumerate(levels)}
    mix = mixed(frames)
    assert np.allclose(mix.programme, sum(levels), atol=1e-5)
    for index, level in enumerate(levels):
        assert np.allclose(mix.minus[str(index)], sum(levels) - level, atol=1e-5)


def test_a_talker_stays_one_between_two_words() -> None:
    """For a second after the last sound."""
    meter = TalkMeter()
    assert meter.hear({"maya": frame(0.2)}) == {"maya"}
    for _ in range(HANGOVER_TICKS - 1):
        assert meter.hear({"maya": frame(0)}) == {"maya"}
    assert meter.hear({"maya": frame(0)}) == frozenset()


def test_a_chunk_names_who_spoke_and_how_loud_in_steps_of_three() -> None:
    """A knock of 20 ms is nobody; the next chunk starts empty."""
    meter = TalkMeter()
    meter.hear({"maya": frame(0.25), "daniel": frame(0.25)})
    for _ in range(SPEAKING_TICKS_MIN):
        meter.hear({"maya": frame(0.25), "daniel": frame(0.001)})
    assert meter.end_chunk() == {"maya": -12}
    assert meter.end_chunk() == {}


def test_who_has_left_is_no_talker() -> None:
    """Even in the second after their last word."""
    meter = TalkMeter()
    meter.hear({"maya": frame(0.2)})
    meter.forget("maya")
    assert meter.hear({}) == frozenset()
    assert meter.end_chunk() == {}
