"""The drills' judges are judged themselves: words, places, loudness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from likeness import place_in_loop
from stage_people import integrated_lufs, powers_of
from webrtc_peer import bursts
from word_errors import Errors, at_16_khz, word_errors, words_of

WORDS = st.lists(st.sampled_from(["bus", "free", "is", "never", "city"]), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("In 2013, 82 million euros a year!", "in twenty thirteen eighty two million euros a year"),
        ("14%", "fourteen percent"),
        ("82,000 people, 41 days", "eighty two thousand people forty one days"),
        ("one hundred and 7", "one hundred and seven"),
        ("Tonight’s space", "tonight's space"),
        ("2005 and 1900", "two thousand five and one thousand nine hundred"),
    ],
)
def test_figures_are_the_words_that_people_say(written: str, spoken: str) -> None:
    assert words_of(written) == spoken.split()


def test_errors_are_words_replaced_left_out_and_added() -> None:
    assert word_errors("free is never free", "free is never free") == Errors(0, 4)
    assert word_errors("free is never free", "tree is free") == Errors(2, 4)
    assert word_errors("free", "so free so") == Errors(2, 1)
    assert (Errors(1, 4) + Errors(1, 6)).percent == 20


@given(WORDS, WORDS)
def test_errors_are_a_distance(a: str, b: str) -> None:
    assert word_errors(a, a).wrong == 0
    assert word_errors(a, b).wrong == word_errors(b, a).wrong
    longest = max(len(a.split()), len(b.split()))
    assert abs(len(a.split()) - len(b.split())) <= word_errors(a, b).wrong <= longest


def test_a_recording_is_found_in_the_loop_and_silence_is_nowhere() -> None:
    """Over the loop's end too."""
    said = bursts(8, pitch_hz=170, seed=5)
    heard = np.roll(said, -6 * 48_000)[: 4 * 48_000]
    place = place_in_loop(heard, said)
    assert place.at_ms == pytest.approx(6000, abs=5)
    assert place.correlation > 0.99
    assert place_in_loop(np.zeros(48_000, np.float32), said).correlation < 0.1


def test_loudness_is_what_the_standard_says_of_its_own_test_signal() -> None:
    """A sine of 997 Hz at −20 dBFS on one channel is −23.0 LUFS; pauses do not count."""
    time = np.arange(6 * 48_000) / 48_000
    sine = (0.1 * np.sin(2 * np.pi * 997 * time)).astype(np.float32)
    assert integrated_lufs(powers_of(sine)) == pytest.approx(-23.0, abs=0.2)
    with_pauses = np.concatenate([sine, np.zeros_like(sine), sine])
    assert integrated_lufs(powers_of(with_pauses)) == pytest.approx(-23.0, abs=0.3)
    assert integrated_lufs(powers_of(sine * 0)) == float("-inf")


def test_16_khz_keeps_speech_and_folds_nothing_back() -> None:
    time = np.arange(48_000) / 48_000
    peaks = {}
    for hz in (1_000, 12_000):
        out = at_16_khz(np.sin(2 * np.pi * hz * time).astype(np.float32))
        assert len(out) == 16_000
        peaks[hz] = float(np.abs(out[100:-100]).max())
    assert peaks[1_000] > 0.9
    assert peaks[12_000] < 0.05
