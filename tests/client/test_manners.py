"""A listener's manners: bounded knocks, a budget for second tries, the house's own pace."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.client.manners import KNOCKS_MAX, LADDER_S, WINDOW_S, End, Knocks, RetryBudget

chances = st.floats(0, 1)
ends = st.builds(
    End,
    lived_s=st.floats(0, 100),
    is_in_order=st.booleans(),
    is_called=st.booleans(),
    retry_after_s=st.none() | st.floats(0, 1e6),
)


@given(st.lists(st.tuples(ends, chances), max_size=120))
def test_no_minute_has_more_knocks_than_the_bound_and_every_wait_ends(told: list[tuple[End, float]]) -> None:
    knocks, now_s, made_s = Knocks(), 0.0, []
    for end, chance in told:
        wait_s = knocks.next(now_s=now_s, chance=chance)
        assert 0 <= wait_s <= 75
        now_s += wait_s
        made_s.append(now_s)
        now_s += end.lived_s
        knocks.ended(end, now_s=now_s, chance=chance)
    for first_s, after_s in zip(made_s, made_s[KNOCKS_MAX:], strict=False):
        assert after_s - first_s >= WINDOW_S - 1e-6


def test_a_house_that_refuses_everybody_is_asked_ever_more_slowly() -> None:
    knocks, now_s, waits_s = Knocks(), 0.0, []
    for _ in range(40):
        wait_s = knocks.next(now_s=now_s, chance=0.5)
        waits_s.append(wait_s)
        now_s += wait_s
        knocks.ended(End(), now_s=now_s, chance=0.5)
    assert waits_s[1] == LADDER_S[0]
    assert min(waits_s[12:]) >= LADDER_S[-1]


def test_a_stream_that_ends_in_order_is_followed_at_once() -> None:
    knocks = Knocks()
    knocks.next(now_s=0.0, chance=0.5)
    knocks.ended(End(1_200.0, is_in_order=True), now_s=1_200.0, chance=0.5)
    assert knocks.next(now_s=1_200.0, chance=0.5) == 0


def test_the_house_dictates_the_least_wait() -> None:
    for chance in (0.0, 1.0):
        knocks = Knocks()
        knocks.next(now_s=0.0, chance=chance)
        knocks.ended(End(retry_after_s=12.0), now_s=0.0, chance=chance)
        assert 12.0 <= knocks.next(now_s=0.0, chance=chance) <= 15.0


@given(st.lists(st.booleans(), max_size=400))
def test_second_tries_are_a_tenth_of_what_goes_well_and_the_first_ten(asked: list[bool]) -> None:
    budget, good, spent = RetryBudget(), 0, 0
    for is_good in asked:
        if is_good:
            budget.earn(1)
            good += 1
        else:
            spent += budget.spend()
    assert spent <= 10 + good / 10 + 1e-6
