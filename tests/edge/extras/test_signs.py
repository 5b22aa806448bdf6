"""Signs: added up exactly, told once, forgotten in time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.extras.signs import HANDS_MAX, PARTS_MAX, TOUCHED_MAX, Signs, SignSum, SignTable
from stentor.errors import Full
from stentor.limits import BEAT_UNKNOWN_AFTER_S
from stentor.space.reactions import HAND_UP_S, Reaction


def never(_space_id: str) -> bool:
    return False


def told(table: SignTable, *, now_s: float = 0.0) -> dict[str, Signs]:
    return table.told(now_s=now_s, is_over=never)


def hands(table: SignTable, *, now_s: float = 0.0) -> int:
    return told(table, now_s=now_s).get("demo", Signs()).hands


def raise_hand(table: SignTable, hand: str, *, now_s: float = 0.0, is_up: bool = True) -> None:
    table.hand("demo", hand, is_up=is_up, now_s=now_s)


def test_reactions_are_totals_since_the_gate_began() -> None:
    table = SignTable()
    for reaction in (Reaction.CLAP, Reaction.CLAP, Reaction.WOW):
        table.react("demo", reaction)
    assert told(table) == told(table) == {"demo": Signs({"clap": 2, "wow": 1})}


def test_a_hand_counts_once_and_comes_down() -> None:
    table = SignTable()
    for _ in range(3):
        raise_hand(table, "hand-one")
    raise_hand(table, "hand-two")
    assert hands(table) == 2
    raise_hand(table, "hand-two", is_up=False)
    raise_hand(table, "hand-two", is_up=False)
    assert hands(table) == 1


def test_a_hand_falls_by_itself_unless_it_is_raised_again() -> None:
    table = SignTable()
    raise_hand(table, "hand-one")
    raise_hand(table, "hand-two")
    raise_hand(table, "hand-one", now_s=60.0)
    assert hands(table, now_s=HAND_UP_S - 0.1) == 2
    assert hands(table, now_s=HAND_UP_S) == 1
    assert hands(table, now_s=60.0 + HAND_UP_S) == 0


def test_a_hand_that_another_gate_has_moved_is_forgotten_here() -> None:
    one, two = SignTable(), SignTable()
    raise_hand(one, "hand-one")
    told(one)
    raise_hand(two, "hand-one", is_up=False)
    one.forget("demo", told(two)["demo"].touched)
    assert hands(one) == hands(two) == 0
    one.forget("nowhere", ["hand-one"])


def test_the_hands_of_a_gate_and_what_it_tells_of_them_are_bounded() -> None:
    table = SignTable()
    for number in range(HANDS_MAX):
        raise_hand(table, f"hand-{number}")
    with pytest.raises(Full):
        raise_hand(table, "one-more")
    raise_hand(table, "hand-0")  # who is up may stay up
    assert len(told(table)["demo"].touched) == TOUCHED_MAX
    raise_hand(table, "hand-0", is_up=False)
    raise_hand(table, "one-more")
    assert hands(table) == HANDS_MAX


def test_of_a_space_that_is_over_nothing_is_kept() -> None:
    table = SignTable()
    table.react("demo", Reaction.CLAP)
    raise_hand(table, "hand-one")
    told(table)
    assert table.told(now_s=0.0, is_over=lambda _id: True) == {}
    assert told(table) == {}


def test_a_beat_has_what_is_new_since_the_last_one() -> None:
    edge = SignSum()
    edge.heard("gate-0", "b1", {"demo": Signs({"clap": 3}, hands=2)}, now_s=0.0)
    edge.heard("gate-1", "b1", {"demo": Signs({"clap": 1, "wow": 1}, hands=1)}, now_s=0.0)
    assert edge.taken(now_s=0.0) == {"demo": Signs({"clap": 4, "wow": 1}, hands=3)}
    edge.heard("gate-0", "b1", {"demo": Signs({"clap": 5}, hands=2)}, now_s=1.0)
    assert edge.taken(now_s=1.0) == {"demo": Signs({"clap": 2}, hands=3)}
    assert edge.taken(now_s=1.0) == {"demo": Signs(hands=3)}


def test_a_new_life_of_a_gate_begins_at_nothing_and_a_dead_ones_hands_are_down() -> None:
    edge = SignSum()
    edge.heard("gate-0", "b1", {"demo": Signs({"clap": 3}, hands=2)}, now_s=0.0)
    edge.died("gate-0")
    edge.died("gate-1")
    assert edge.taken(now_s=0.0) == {"demo": Signs({"clap": 3})}
    edge.heard("gate-0", "b2", {"demo": Signs({"clap": 1})}, now_s=1.0)
    assert edge.taken(now_s=1.0) == {"demo": Signs({"clap": 1})}


@pytest.mark.parametrize(("after_s", "up"), [(BEAT_UNKNOWN_AFTER_S, 2), (BEAT_UNKNOWN_AFTER_S + 0.1, 0)])
def test_the_hands_of_a_silent_gate_are_not_guessed(after_s: float, up: int) -> None:
    edge = SignSum()
    edge.heard("gate-0", "b1", {"demo": Signs(hands=2)}, now_s=0.0)
    assert edge.taken(now_s=after_s).get("demo", Signs()).hands == up


def test_too_many_gates_are_not_taken() -> None:
    edge = SignSum()
    for number in range(PARTS_MAX + 1):
        edge.heard(f"gate-{number}", "b1", {"demo": Signs({"clap": 1})}, now_s=0.0)
    assert edge.taken(now_s=0.0)["demo"].reactions == {"clap": PARTS_MAX}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("react"), st.sampled_from(list(Reaction))),
            st.tuples(st.sampled_from(["report", "lost", "beat"]), st.none()),
        ),
        max_size=80,
    )
)
def test_no_reaction_is_lost_or_told_twice_though_reports_are(
    moves: list[tuple[str, Reaction | None]],
) -> None:
    table, edge, given_, beaten = SignTable(), SignSum(), Counter[str](), Counter[str]()
    for move, reaction in [*moves, ("report", None), ("beat", None)]:
        if reaction is not None:
            table.react("demo", reaction)
            given_[reaction.value] += 1
        elif move == "beat":
            beaten.update(edge.taken(now_s=0.0).get("demo", Signs()).reactions)
        else:
            report = told(table)
            if move == "report":
                edge.heard("gate-0", "b1", report, now_s=0.0)
    assert beaten == given_
