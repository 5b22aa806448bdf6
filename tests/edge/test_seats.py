"""The table of seats: exact counts, and hearing only while bytes are acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.seats import FIRST_LOOK_S, HEARING_S, LOOK_AGAIN_S, Seats

FD_MAX = 64


def test_who_sits_down_is_admitted_and_hears_when_the_first_byte_is_acknowledged() -> None:
    seats = Seats(FD_MAX)
    seats.add(5, "demo", ends_s=100, acked=0, now_s=0)
    count = seats.counts["demo"]
    assert (count.arrived, count.admitted, count.hearing) == (1, 1, 0)
    seats.acked(5, 0, moved_s=0.5, now_s=0.5)
    assert count.hearing == 0
    seats.acked(5, 10, moved_s=1, now_s=1)
    assert count.hearing == 1


def test_who_stops_taking_is_not_hearing_after_five_seconds_and_hears_again_when_they_take() -> None:
    seats = Seats(FD_MAX)
    seats.add(5, "demo", ends_s=100, acked=0, now_s=0)
    seats.acked(5, 10, moved_s=1, now_s=1)
    seats.acked(5, 10, moved_s=1 + HEARING_S - 0.1, now_s=1 + HEARING_S - 0.1)
    assert seats.counts["demo"].hearing == 1
    seats.acked(5, 10, moved_s=1 + HEARING_S, now_s=1 + HEARING_S)
    assert seats.counts["demo"].hearing == 0
    assert seats.counts["demo"].admitted == 1
    seats.acked(5, 11, moved_s=10, now_s=10)
    assert seats.counts["demo"].hearing == 1


def test_the_next_holder_of_a_descriptor_inherits_nothing() -> None:
    seats = Seats(FD_MAX)
    seats.add(5, "demo", ends_s=1, acked=0, now_s=0)
    seats.acked(5, 10, moved_s=0, now_s=0)
    seats.remove(5)
    seats.add(5, "other", ends_s=100, acked=0, now_s=0)
    assert seats.sat_enough(now_s=50) == []
    assert (seats.counts["other"].hearing, seats.counts["demo"].hearing) == (0, 0)
    assert seats.counts["demo"].gone == 1


@given(
    st.lists(st.tuples(st.integers(0, FD_MAX - 1), st.sampled_from("ab"), st.integers(0, 3)), max_size=200)
)
def test_counts_are_what_they_would_be_if_everybody_was_counted_anew(
    moves: list[tuple[int, str, int]],
) -> None:
    seats, sitting = Seats(FD_MAX), {}
    for step, (fd, space, acked) in enumerate(moves):
        if fd not in sitting:
            seats.add(fd, space, ends_s=1e9, acked=0, now_s=step)
            sitting[fd] = space
        elif acked == 3:
            seats.remove(fd)
            del sitting[fd]
        else:
            seats.acked(fd, acked, moved_s=step, now_s=step)
    assert sorted(seats.order) == sorted(sitting)
    for space, count in seats.counts.items():
        assert count.admitted == sum(found == space for found in sitting.values())
        assert count.arrived == count.admitted + count.gone
        assert 0 <= count.hearing <= count.admitted


def test_whoever_goes_on_is_looked_at_when_they_would_be_out_and_no_sooner() -> None:
    seats = Seats(FD_MAX)
    seats.looks(now_s=100.0)
    seats.add(5, "demo", ends_s=1e9, acked=0, now_s=100.0)
    assert seats.looks(now_s=100.0 + FIRST_LOOK_S - 0.05) == []
    assert seats.looks(now_s=100.0 + FIRST_LOOK_S + 0.05) == [5]
    seats.acked(5, 10, moved_s=100.4, now_s=100.6)
    assert seats.looks(now_s=100.4 + HEARING_S - 0.05) == []
    assert seats.looks(now_s=100.4 + HEARING_S + 0.05) == [5]
    seats.acked(5, 10, moved_s=105.4, now_s=105.45)
    assert seats.counts["demo"].hearing == 0
    assert seats.looks(now_s=105.45 + LOOK_AGAIN_S + 0.05) == [5]


def test_looks_that_come_late_leave_nobody_out() -> None:
    seats = Seats(FD_MAX)
    seats.looks(now_s=0.0)
    for fd in range(10, 30):
        seats.add(fd, "demo", ends_s=1e9, acked=0, now_s=fd / 10)
    seats.remove(12)
    assert sorted(seats.looks(now_s=60.0)) == [fd for fd in range(10, 30) if fd != 12]


def test_whoever_is_trusted_is_not_looked_at_until_doubted() -> None:
    seats = Seats(FD_MAX)
    seats.looks(now_s=100.0)
    seats.add(5, "demo", ends_s=1e9, acked=0, now_s=100.0)
    assert seats.acked(5, 10, moved_s=100.4, now_s=100.6) == 100.4
    seats.trust(5)
    assert seats.is_trusted(5)
    assert seats.looks(now_s=109.0) == []
    seats.doubt(5, now_s=109.0)
    assert not seats.is_trusted(5)
    assert seats.looks(now_s=109.1) == [5]
    assert seats.acked(5, 10, moved_s=109.0, now_s=109.1) is None  # nothing new was acknowledged


def test_doubt_does_not_hurry_the_looks_at_who_is_not_trusted() -> None:
    seats = Seats(FD_MAX)
    seats.looks(now_s=100.0)
    seats.add(5, "demo", ends_s=1e9, acked=0, now_s=100.0)
    seats.acked(5, 0, moved_s=100.0, now_s=100.6)
    seats.doubt(5, now_s=100.7)
    assert seats.looks(now_s=100.6 + LOOK_AGAIN_S - 0.1) == []


def test_a_session_ends_once_and_may_be_prolonged() -> None:
    seats = Seats(FD_MAX)
    seats.sat_enough(now_s=10.0)
    seats.add(5, "demo", ends_s=20.0, acked=0, now_s=10.0)
    seats.add(6, "demo", ends_s=20.5, acked=0, now_s=10.0)
    seats.add(7, "demo", ends_s=90.0, acked=0, now_s=10.0)
    assert seats.sat_enough(now_s=19.9) == []
    assert seats.sat_enough(now_s=21.0) == [5, 6]
    seats.stay(5, ends_s=22.0)
    seats.remove(6)
    assert seats.sat_enough(now_s=22.0) == []
    assert seats.sat_enough(now_s=23.0) == [5]
    assert seats.sat_enough(now_s=60.0) == []
    seats.stay(5, ends_s=22.0)  # in the past: at the next opportunity
    assert seats.sat_enough(now_s=61.5) == [5]
