"""One session, one seat: with ten seconds for whoever changes their network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.sessions import GRACE_S, LAST_CHUNK_S, MOVED_MAX, SESSION_BYTES, Sessions, moved_sessions

ANA, BEN = 11, 12
"""Of one row: their upper halves are the same."""


def seated(*seats: tuple[int, int, float]) -> Sessions:
    """Who sits: descriptor, session, when."""
    sessions = Sessions(64)
    for fd, session, at_s in seats:
        sessions.sat(fd, session, now_s=at_s)
    return sessions


def test_a_second_seat_leaves_the_first_ten_seconds() -> None:
    sessions = seated((1, ANA, 0), (2, BEN, 0), (3, ANA, 5))
    assert sessions.over(now_s=5 + GRACE_S - 0.01) == []
    assert sessions.over(now_s=5 + GRACE_S) == [1]
    assert sessions.over(now_s=99) == [], "each is told once"


def test_a_third_seat_ends_the_oldest_at_once() -> None:
    sessions = seated((1, ANA, 0), (2, ANA, 1), (3, ANA, 2))
    assert sessions.over(now_s=2) == [1]
    sessions.left(1)
    assert sessions.over(now_s=2 + GRACE_S) == [2]


def test_who_has_no_session_sits_beside_others_who_have_none() -> None:
    assert seated((1, 0, 0), (2, 0, 0), (3, 0, 0)).over(now_s=99) == []


def test_a_session_that_sits_elsewhere_gives_up_its_seat_here_and_may_come_back() -> None:
    sessions = seated((1, ANA, 0), (2, BEN, 0))
    sessions.shown_elsewhere([ANA, 99], now_s=1)
    sessions.sat(3, ANA, now_s=2)
    assert sessions.over(now_s=99) == [1]


def test_saying_twice_that_it_sits_elsewhere_changes_nothing() -> None:
    sessions = seated((1, ANA, 0))
    for at_s in (1.0, 2.0, 3.0):
        sessions.shown_elsewhere([ANA], now_s=at_s)
    assert sessions.over(now_s=1 + GRACE_S) == [1]


def test_a_descriptors_next_holder_does_not_pay_for_the_last_one() -> None:
    sessions = seated((1, ANA, 0), (2, ANA, 0))
    sessions.left(1)
    sessions.sat(1, BEN, now_s=1)
    assert sessions.over(now_s=99) == []


def test_who_is_in_the_middle_of_a_chunk_is_asked_once_more() -> None:
    sessions = seated((1, ANA, 0), (2, ANA, 0))
    assert sessions.over(now_s=GRACE_S) == [1]
    assert sessions.later(1, now_s=GRACE_S)
    assert sessions.over(now_s=GRACE_S + LAST_CHUNK_S - 0.01) == []
    assert sessions.over(now_s=GRACE_S + LAST_CHUNK_S) == [1]
    assert not sessions.later(1, now_s=GRACE_S + LAST_CHUNK_S)


def test_an_edges_message_is_read_whole_or_not_at_all() -> None:
    two = ANA.to_bytes(SESSION_BYTES) + BEN.to_bytes(SESSION_BYTES)
    assert moved_sessions(two) == [ANA, BEN]
    assert moved_sessions(two[:-1]) == []
    assert len(moved_sessions(bytes(SESSION_BYTES * MOVED_MAX))) == MOVED_MAX
    assert moved_sessions(bytes(SESSION_BYTES * (MOVED_MAX + 1))) == []


moves = st.lists(
    st.tuples(st.sampled_from(["sit", "leave", "elsewhere", "wait"]), st.integers(1, 3), st.integers(0, 15)),
    max_size=80,
)


@given(moves)
@pytest.mark.parametrize("session_count", [1, 3])
def test_after_the_grace_each_session_sits_once_and_never_more_than_twice(
    session_count: int, drawn: list[tuple[str, int, int]]
) -> None:
    sessions, seats, now_s = Sessions(16), dict[int, int](), 0.0
    for move, drawn_session, number in drawn:
        session = 1 + drawn_session % session_count
        if move == "sit" and number not in seats:
            seats[number] = session
            sessions.sat(number, session, now_s=now_s)
        elif move == "leave" and number in seats:
            del seats[number]
            sessions.left(number)
        elif move == "elsewhere":
            sessions.shown_elsewhere([session], now_s=now_s)
        elif move == "wait":
            now_s += number
        for fd in sessions.over(now_s=now_s):
            del seats[fd]  # only who sits is told to go
            sessions.left(fd)
        sat = list(seats.values())
        assert all(sat.count(session) <= 2 for session in sat)
    for fd in sessions.over(now_s=now_s + GRACE_S):
        del seats[fd]
    assert len(set(seats.values())) == len(seats)
