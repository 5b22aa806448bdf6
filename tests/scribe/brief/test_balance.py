"""Every topic has a line, and nobody has far more of the brief than of the talk."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from stentor.scribe.brief.balance import Candidate, by_lines, by_time, choose, excess, shares_of

SAYINGS = st.tuples(st.sampled_from("abcde"), st.integers(1, 40_000), st.floats(-2, 5))
TALKS = st.lists(st.lists(SAYINGS, min_size=1, max_size=12), min_size=1, max_size=8)


def candidates(talk: Sequence[Sequence[tuple[str, int, float]]]) -> list[Candidate]:
    flat = [(topic, saying) for topic, sayings in enumerate(talk) for saying in sayings]
    return [Candidate(at, topic, who, ms, score) for at, (topic, (who, ms, score)) in enumerate(flat)]


def apart(_: int, __: int) -> float:
    return 0.0


@given(TALKS, st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_no_topic_is_without_a_line_and_nobody_is_over_their_time_and_20_points(
    talk: list[list[tuple[str, int, float]]], wanted: int
) -> None:
    found = candidates(talk)
    lines = choose(found, wanted=[wanted] * len(talk), alike=apart)
    assert {line.topic for line in lines} == set(range(len(talk)))
    assert len(set(lines)) == len(lines)
    assert excess(lines, shares_of(found, by_time), by_time)[0] <= 1e-9


@given(st.integers(2, 8), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_by_lines_too_where_two_talk_in_every_topic(topics: int, wanted: int) -> None:
    talk = [[("a", 9_000, 3.0), ("a", 9_000, 2.9), ("b", 9_000, 0.1), ("b", 9_000, 0.0)]] * topics
    found = candidates(talk)
    lines = choose(found, wanted=[wanted] * topics, alike=apart)
    assert excess(lines, shares_of(found, by_time), by_lines)[0] <= 0


def test_the_same_thing_is_not_quoted_twice() -> None:
    found = candidates([[("a", 1_000, 3.0), ("a", 1_000, 2.0), ("a", 1_000, 1.0)]])
    lines = choose(found, wanted=[2], alike=lambda one, other: 0.9 if {one, other} == {0, 1} else 0.1)
    assert [line.index for line in lines] == [0, 2]
