"""A place in the line, as its holder reads it."""

from dataclasses import replace
from typing import Any

import pytest

from stentor.admission.line.line_clock import Doors, LineClock, Why
from stentor.admission.line.place import Place
from stentor.client.in_line import Held, Standing
from stentor.errors import BadInput

SEED = bytes(range(32))
HELD = Held("token", 3, b"ticket-1")


def clock(doors: Doors, **facts: Any) -> LineClock:
    return LineClock("demo", 1, 1_800_000_000_000, doors, **facts)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (clock(Doors.LOBBY, waiting=1_200), "You are in the draw, 1,200 people so far."),
        (clock(Doors.OPEN, seed=SEED.hex()), "It is your turn."),
        (clock(Doors.OVER), "It is over."),
        (clock(Doors.HELD, called=Place(9, 0), seed=SEED.hex()), "It is your turn."),
        (
            clock(
                Doors.HELD,
                why=Why.SEATS,
                called=Place(1, 0),
                arrivals=((1, 500), (2, 500), (3, 0), (4, 0)),
                admits_per_s=2.0,
                room=5_000,
                seed=SEED.hex(),
            ),
            "Please wait: every seat is taken. 1,000 are before you. About 7 min to 10 min.",
        ),
    ],
)
def test_one_reads_where_one_stands(told: LineClock, words: str) -> None:
    assert words in Standing.of(told, HELD).words


def test_a_place_is_read_from_the_answer_that_gave_it() -> None:
    problem = {"ticket": "token", "bucket": 3, "id": b"ticket-1".hex()}
    assert Held.of(problem) == HELD
    for broken in ({}, {**problem, "id": "xyz"}, {**problem, "bucket": None}):
        with pytest.raises(BadInput):
            Held.of(broken)


def test_a_draw_that_was_not_kept_is_said() -> None:
    standing = replace(Standing.of(clock(Doors.HELD, seed=SEED.hex()), HELD), is_draw_true=False)
    assert "not the one that the house had promised" in standing.words
