"""A line's counts as messages: what is sent arrives, what is made coarser loses nobody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.line.counts import BUCKETS_TOLD_MAX, LineCounts, coarse

buckets = st.dictionaries(st.integers(0, 30_000), st.integers(1, 1000), max_size=200)


def test_counts_arrive_as_they_were_sent_and_zeros_are_left_out() -> None:
    told = LineCounts({0: 1, 7: 2}, joined=1, came=1, refused=1, asked=3, here={7: 1}, standing=2)
    assert LineCounts.from_json(json.loads(json.dumps(told.as_json()))) == told
    assert LineCounts().as_json() == {}


@pytest.mark.parametrize(
    "facts",
    [
        [],
        {"joined": -1},
        {"tickets": [[1]]},
        {"tickets": [[1, -1]]},
        {"here": [[-1, 1]]},
        {"here": [[n, 1] for n in range(BUCKETS_TOLD_MAX + 1)]},
    ],
)
def test_what_are_no_counts_is_refused(facts: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        LineCounts.from_json(facts)  # type: ignore[arg-type]


@given(buckets)
def test_coarser_buckets_lose_nobody_and_the_lobby_stays_alone(counts: dict[int, int]) -> None:
    found = coarse(counts)
    assert len(found) <= BUCKETS_TOLD_MAX
    assert sum(found.values()) == sum(counts.values())
    assert found.get(0) == counts.get(0)
    assert found.keys() <= counts.keys(), "a group is called by its first"
    if len(counts) <= BUCKETS_TOLD_MAX:
        assert found == counts


def test_what_is_new_is_the_difference_and_a_total_that_has_fallen_begins_anew() -> None:
    before, now = LineCounts(joined=5, asked=9), LineCounts({3: 1}, joined=7, asked=4)
    assert now.since(before) == LineCounts({3: 1}, joined=2, asked=4)
