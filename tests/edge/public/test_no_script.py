"""A page without scripts tells the truth about the doors, and asks again as often as it should."""

import re
from dataclasses import replace

import pytest

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.edge.public.head_tags import Template
from stentor.edge.public.no_script import AGAIN_S, AGAIN_S_MIN, no_script
from stentor.space.lifecycle import State
from stentor.space.record import Space

SPACE = Space("bees", "What the <bees> know", State.ON_AIR, 0)
HELD = LineClock("bees", 1, 0, Doors.HELD, waiting=9_480, poll_s=24)


def again_s(told: str) -> int | None:
    found = re.search(r'http-equiv="refresh" content="(\d+)"', told)
    return int(found[1]) if found else None


@pytest.mark.parametrize("clock", [None, replace(HELD, doors=Doors.OPEN)])
def test_while_the_doors_are_open_there_is_a_link_to_the_sound(clock: LineClock | None) -> None:
    told = no_script(SPACE, clock)
    assert told.count('href="/s/bees/live.aac"') == 2
    assert "&lt;bees&gt;" in told
    assert again_s(told) == AGAIN_S


def test_while_the_doors_are_held_it_says_how_many_wait_and_offers_no_sound() -> None:
    told = no_script(SPACE, HELD)
    assert "About 9500 people wait" in told
    assert "live.aac" not in told
    assert again_s(told) == 24
    assert again_s(no_script(SPACE, replace(HELD, poll_s=1))) == AGAIN_S_MIN


def test_a_hundred_newcomers_do_not_make_another_page() -> None:
    assert len({no_script(SPACE, replace(HELD, waiting=n)) for n in range(9_460, 9_540)}) == 1


def test_before_and_after_nothing_is_offered() -> None:
    before = no_script(replace(SPACE, state=State.SCHEDULED), None)
    after = no_script(replace(SPACE, state=State.ENDED), HELD)
    assert ("not on the air yet" in before, again_s(before)) == (True, AGAIN_S)
    assert ("has ended" in after, again_s(after)) == (True, None)
    assert "live.aac" not in before + after


def test_a_private_spaces_title_is_not_said() -> None:
    assert "bees>" not in no_script(replace(SPACE, listen_key="key", title="Secret bees>"), None)


def test_it_takes_the_place_of_what_was_built() -> None:
    built = "<head><title>x</title></head><body><noscript><p>Built \\1</p>\n</noscript></body>"
    page = Template.of(built)
    assert page.page("", no_script(SPACE, HELD)).decode().count("<noscript>") == 1
    assert b"<p>Built" not in page.page("", no_script(SPACE, HELD))
    assert b"<p>Built" in page.page("")
