"""How often somebody may try: a burst, then slowly; bounded memory; everybody for themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.access.pace import Pace
from stentor.errors import TooMany


def pace(keys_max: int = 100) -> Pace:
    return Pace("Tries", burst=3, every_s=10, keys_max=keys_max)


def test_a_burst_then_one_after_each_interval() -> None:
    tries = pace()
    for _ in range(3):
        tries.take("a", now_s=0)
    with pytest.raises(TooMany) as refused:
        tries.take("a", now_s=0)
    assert refused.value.retry_after_s == pytest.approx(10)
    with pytest.raises(TooMany):
        tries.take("a", now_s=9.9)
    tries.take("a", now_s=10.1)
    tries.take("b", now_s=10.1)


def test_checking_counts_nothing() -> None:
    tries = pace()
    for _ in range(10):
        tries.check("a", now_s=0)
    for _ in range(3):
        tries.take("a", now_s=0)
    with pytest.raises(TooMany):
        tries.check("a", now_s=0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=200))
def test_nobody_gets_more_than_the_burst_and_the_time_give(steps: list[tuple[str, float]]) -> None:
    tries, now_s, taken = pace(), 0.0, {"a": 0, "b": 0, "c": 0}
    waits = []
    for key, later_s in steps:
        now_s += later_s
        try:
            tries.take(key, now_s=now_s)
        except TooMany as refused:
            waits.append(refused.retry_after_s)
        else:
            taken[key] += 1
    assert all(wait is not None and 0 < wait <= 10 for wait in waits)
    assert all(count <= 3 + now_s / 10 + 1e-6 for count in taken.values())


def test_memory_has_a_bound_and_whoever_owes_the_least_is_forgotten() -> None:
    tries = pace(keys_max=2)
    for _ in range(3):
        tries.take("first", now_s=0)
    tries.take("second", now_s=0)
    tries.take("third", now_s=0)
    with pytest.raises(TooMany):
        tries.take("first", now_s=0)  # many that come once do not wash out what one has done often
    for _ in range(3):
        tries.take("second", now_s=0)  # was forgotten, so it is full again
