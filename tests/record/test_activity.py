"""Who was heard when, from ticks that say only what is new."""

from typing import Any

import pytest

from stentor.errors import BadInput
from stentor.record.activity import Activity

MAYA = {"id": "maya", "name": "Maya", "role": "host"}
RADIO = {"id": "radio", "name": "Radio", "role": "speaker", "source": True}


def tick(number: int, **facts: Any) -> dict[str, Any]:
    return {"n": number, **facts}


def test_stretches_are_counted_from_the_records_first_chunk() -> None:
    ticks = [
        tick(36, full=True, people=[MAYA, RADIO], speaking={"maya": -12}),
        tick(37),
        tick(38, speaking={}),
        tick(39, speaking={"maya": -9, "radio": -9}),
    ]
    found = Activity.of_ticks(ticks, chunks=4)
    assert found.speaking == {"maya": ((0, 1), (3, 3)), "radio": ((3, 3),)}
    assert found.names == {"maya": "Maya", "radio": "Radio"}
    assert found.sources == {"radio"}


def test_in_a_hole_nobody_speaks_and_after_it_the_next_full_tick_counts() -> None:
    ticks = [
        tick(36, full=True, people=[MAYA], speaking={"maya": -12}),
        tick(40, full=True, people=[MAYA], speaking={"maya": -12}),
    ]
    assert Activity.of_ticks(ticks, chunks=5).speaking == {"maya": ((0, 0), (4, 4))}


def test_order_and_repeats_do_not_matter_and_nothing_is_said_outside_the_programme() -> None:
    ticks = [
        tick(35, full=True, speaking={"maya": -12}),
        tick(36, full=True, speaking={"maya": -12}),
        tick(37, speaking={}),
        tick(40, full=True, speaking={"maya": -12}),
    ]
    assert Activity.of_ticks([*reversed(ticks), *ticks], chunks=2).speaking == {"maya": ((0, 0),)}


def test_a_removed_person_is_in_no_part_of_it() -> None:
    found = Activity.of_ticks([tick(36, full=True, people=[MAYA, RADIO], speaking={"maya": -1})], chunks=1)
    gone = found.without(["maya"])
    assert b"maya" not in gone.as_bytes()
    assert b"Maya" not in gone.as_bytes()
    assert gone.sources == {"radio"}


def test_it_is_read_as_it_was_written() -> None:
    found = Activity.of_ticks([tick(36, full=True, people=[MAYA], speaking={"maya": -1})], chunks=1)
    assert Activity.from_bytes(found.as_bytes()) == found
    for broken in (b"", b"[]", b"{}"):
        with pytest.raises(BadInput):
            Activity.from_bytes(broken)
