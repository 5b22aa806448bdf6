import json

from stentor.admission.line.line_clock import Doors, LineClock
from stentor.clock import HandClock
from stentor.edge.admission.clocks import Clocks
from stentor.edge.line_counts import SPACES_MAX


def document(number: int, space_id: str = "demo") -> bytes:
    return LineClock(space_id, number, 0, Doors.OPEN).encoded(lambda _: bytes(64))


def newest(clocks: Clocks, space_id: str = "demo") -> int | None:
    heard = clocks.newest(space_id)
    return None if heard is None else heard.clock.number


def test_the_newest_by_number_wins_and_its_bytes_stay_as_they_were() -> None:
    clocks = Clocks(HandClock())
    for number in (3, 5, 4, 5):
        clocks.hear("demo", document(number))
    heard = clocks.newest("demo")
    assert heard is not None
    assert (heard.clock.number, heard.raw) == (5, document(5))
    assert json.loads(heard.text.raw)["number"] == 5
    assert heard.text is heard.text


def test_an_old_clock_makes_nobody_see_younger() -> None:
    hand = HandClock()
    clocks = Clocks(hand)
    clocks.hear("demo", document(5))
    hand.advance(4.0)
    clocks.hear("demo", document(4))
    heard = clocks.newest("demo")
    assert heard is not None
    assert clocks.age_s(heard) == 4.0


def test_a_line_that_began_anew_is_believed_after_half_a_minute() -> None:
    hand = HandClock()
    clocks = Clocks(hand)
    clocks.hear("demo", document(500))
    hand.advance(31.0)
    clocks.hear("demo", document(1))
    assert newest(clocks) == 1


def test_what_is_no_clock_changes_nothing() -> None:
    clocks = Clocks(HandClock())
    clocks.hear("demo", document(5))
    for junk in (b"", b"{}", b"[]", b"x" * 20_000, document(6)[:-9]):
        clocks.hear("demo", junk)
    assert newest(clocks) == 5


def test_the_clocks_of_more_spaces_than_there_is_room_for_push_out_the_longest_silent() -> None:
    clocks = Clocks(HandClock())
    data = document(1)
    for index in range(SPACES_MAX):
        clocks.hear(f"s-{index}", data)
    clocks.hear("s-0", document(2))
    clocks.hear("one-more", data)
    assert (newest(clocks, "s-0"), newest(clocks, "s-1"), newest(clocks, "one-more")) == (2, None, 1)
