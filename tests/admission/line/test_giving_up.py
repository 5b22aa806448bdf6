"""Giving up: found from signs alone, whatever is called meanwhile, and none where nobody leaves."""

from random import Random

import pytest

from stentor.admission.line.giving_up import PER_S_MAX, WINDOW_S, GivingUp
from stentor.admission.line.place import DRAWS, Place


def measured(*, gone_per_s: float, called_per_s: float = 0.0, people: int = 20_000) -> float:
    """Ten windows of one full lobby, called bit by bit, that speaks 200 times a second."""
    giving_up, rng, present = GivingUp(), Random(3), 1.0
    for at_s in range(10 * WINDOW_S):
        in_part = min(called_per_s * at_s / people, 1.0)
        speak = sum(rng.random() < present * (1 - in_part) for _ in range(200))
        here_s, called = people / 200, Place(0, round(in_part * (DRAWS - 1)))
        giving_up.pass_second({0: speak}, here_s=here_s, called=called, now=at_s)
        present *= 1 - gone_per_s
    return giving_up.per_s


@pytest.mark.parametrize("gone_per_s", [1 / 3600, 1 / 900])
def test_the_share_that_gives_up_is_measured(gone_per_s: float) -> None:
    assert measured(gone_per_s=gone_per_s) == pytest.approx(gone_per_s, rel=0.25)
    assert measured(gone_per_s=gone_per_s, called_per_s=8) == pytest.approx(gone_per_s, rel=0.35)


def test_who_is_called_has_not_given_up() -> None:
    assert measured(gone_per_s=0, called_per_s=8) < 1 / 20_000


def test_where_everybody_vanishes_the_measure_is_bounded_and_without_signs_there_is_none() -> None:
    assert measured(gone_per_s=0.05) <= PER_S_MAX
    silent = GivingUp()
    for at_s in range(5 * WINDOW_S):
        silent.pass_second({}, here_s=10, called=Place(0, 0), now=at_s)
    assert silent.per_s == 0


def test_what_was_learned_goes_to_the_next_leader() -> None:
    learned = GivingUp()
    learned.restore([0.001, 5.0, 60_000.0])
    other = GivingUp()
    other.restore(learned.as_json())
    assert other.per_s == 0.001
