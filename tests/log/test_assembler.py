from hypothesis import given
from hypothesis import strategies as st

from stentor.log.assembler import AHEAD_MAX, Assembler
from stentor.space.rung import Rung

RUNGS = frozenset({Rung.OPUS32, Rung.AAC64})


def whole(assembler: Assembler, number: int) -> None:
    assembler.add_tick(number, b"t%d" % number)
    for rung in RUNGS:
        assembler.add_chunk(rung, number, b"%s%d" % (rung.encode(), number))


def numbers(assembler: Assembler) -> list[int]:
    return [chunk.number for chunk in assembler.take() if chunk.rung is Rung.AAC64]


def test_a_number_is_handed_out_when_its_tick_and_all_rungs_are_there() -> None:
    assembler = Assembler(RUNGS)
    assembler.add_chunk(Rung.OPUS32, 5, b"o")
    assembler.add_chunk(Rung.AAC64, 5, b"a")
    assert numbers(assembler) == []
    assembler.add_tick(5, b"t")
    chunks = list(assembler.take())
    assert [(c.number, c.rung, c.data, c.tick) for c in chunks] == [
        (5, Rung.OPUS32, b"o", b"t"),
        (5, Rung.AAC64, b"a", b"t"),
    ]


def test_the_first_writer_of_a_number_wins_and_an_old_number_is_dropped() -> None:
    assembler = Assembler(RUNGS)
    whole(assembler, 5)
    assembler.add_tick(5, b"other")
    (first, _) = assembler.take()
    assert first.tick == b"t5"
    whole(assembler, 5)
    assert numbers(assembler) == []


def test_a_missing_number_holds_the_later_ones_until_the_log_has_said_no_three_times() -> None:
    assembler = Assembler(RUNGS)
    whole(assembler, 5)
    whole(assembler, 7)
    assert numbers(assembler) == [5]
    assert assembler.overdue() == [6]
    assert assembler.lacks(6) == ([Rung.OPUS32, Rung.AAC64], True)
    for _ in range(2):
        assembler.add_not_there(6)
        assert numbers(assembler) == []
    assembler.add_not_there(6)
    handed_out = list(assembler.take())
    assert [(c.number, c.is_hole) for c in handed_out] == [(6, True), (6, True), (7, False), (7, False)]
    assert assembler.hole_count == 1


def test_only_what_is_missing_is_asked_for() -> None:
    assembler = Assembler(RUNGS)
    whole(assembler, 5)
    assembler.add_chunk(Rung.AAC64, 6, b"a")
    whole(assembler, 7)
    assert assembler.lacks(6) == ([Rung.OPUS32], True)


def test_after_a_long_absence_the_oldest_numbers_are_left_to_replay() -> None:
    assembler = Assembler(RUNGS)
    whole(assembler, 0)
    whole(assembler, AHEAD_MAX + 10)
    assert assembler.next_number == 10
    assert len(assembler.overdue()) == AHEAD_MAX


@given(st.permutations(range(40)), st.sets(st.integers(1, 38), max_size=12))
def test_whatever_the_order_every_number_comes_once_and_in_order(order: list[int], lost: set[int]) -> None:
    assembler, got = Assembler(RUNGS, next_number=0), []
    for number in order:
        if number not in lost:
            whole(assembler, number)
            got += numbers(assembler)
    for _ in range(3):
        for number in assembler.overdue():
            assembler.add_not_there(number)
        got += numbers(assembler)
    assert got == list(range(40))
    assert assembler.hole_count == len(lost)
