import json

from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.window import Window
from stentor.limits import CHUNK_MS
from stentor.space.rung import Rung
from stentor.space.tick import decoded

AAC, OPUS = Rung.AAC64, Rung.OPUS32


def tick(number: int, **facts: object) -> bytes:
    return json.dumps({"n": number, "t": number * CHUNK_MS, **facts}).encode()


def test_an_empty_window_has_no_head() -> None:
    window = Window(chunks_max=3)
    assert window.head(AAC) is None
    assert window.first(AAC) is None
    assert window.chunk(AAC, 0) is None
    assert window.known() == {}


def test_the_oldest_goes_when_one_more_than_the_bound_comes() -> None:
    window = Window(chunks_max=3)
    for number in range(5, 9):
        assert window.add(number=number, rung=AAC, data=b"%d" % number, tick=tick(number))
    assert (window.first(AAC), window.head(AAC)) == (6, 8)
    assert window.chunk(AAC, 5) is None
    assert window.tick(5) is None
    assert window.chunk(AAC, 6) == b"6"


def test_a_number_that_is_there_stays_as_it_is() -> None:
    window = Window(chunks_max=3)
    window.add(number=5, rung=AAC, data=b"first", tick=None)
    assert not window.add(number=5, rung=AAC, data=b"second", tick=None)
    assert window.chunk(AAC, 5) == b"first"


def test_rungs_have_their_own_heads() -> None:
    window = Window(chunks_max=3)
    window.add(number=5, rung=AAC, data=b"a", tick=None)
    window.add(number=5, rung=OPUS, data=b"o", tick=None)
    window.add(number=6, rung=OPUS, data=b"o", tick=None)
    assert (window.head(AAC), window.head(OPUS)) == (5, 6)


def test_a_reader_that_starts_again_further_on_leaves_no_gap() -> None:
    window = Window(chunks_max=10)
    window.add(number=5, rung=AAC, data=b"a", tick=None)
    window.add(number=9, rung=AAC, data=b"a", tick=None)
    assert (window.first(AAC), window.head(AAC)) == (9, 9)


def test_a_full_tick_says_everything_that_is_known() -> None:
    window = Window(chunks_max=10)
    window.add(number=0, rung=AAC, data=b"", tick=tick(0, full=True, title="One", state="on_air"))
    window.add(number=1, rung=AAC, data=b"", tick=tick(1, speaking={"ada": -12}))
    full = window.full_tick(1)
    assert full is not None
    assert decoded(full) == {
        "n": 1, "t": CHUNK_MS, "full": True, "title": "One", "state": "on_air", "speaking": {"ada": -12}
    }  # fmt: skip


def test_a_hole_carries_what_was_known_on() -> None:
    window = Window(chunks_max=10)
    window.add(number=0, rung=AAC, data=b"", tick=tick(0, full=True, title="One"))
    window.add(number=1, rung=AAC, data=b"", tick=None)
    assert window.tick(1) is None
    full = window.full_tick(1)
    assert full is not None
    assert decoded(full) == {"n": 1, "t": CHUNK_MS, "full": True, "title": "One"}


def test_the_second_rung_brings_the_tick_that_the_first_lacked() -> None:
    window = Window(chunks_max=10)
    window.add(number=0, rung=OPUS, data=b"", tick=None)
    window.add(number=0, rung=AAC, data=b"", tick=tick(0, full=True, title="One"))
    assert window.known()["title"] == "One"


def test_a_tick_that_cannot_be_read_is_a_lost_one() -> None:
    window = Window(chunks_max=10)
    window.add(number=0, rung=AAC, data=b"", tick=tick(0, full=True, title="One"))
    window.add(number=1, rung=AAC, data=b"", tick=b"{")
    assert window.tick(1) is None
    assert window.known()["title"] == "One"


@given(
    steps=st.lists(st.sampled_from([AAC, OPUS]), max_size=60),
    bound=st.integers(min_value=1, max_value=8),
    start=st.integers(min_value=0, max_value=10**9),
)
def test_what_lies_between_first_and_head_is_always_whole(steps: list[Rung], bound: int, start: int) -> None:
    window = Window(chunks_max=bound)
    nexts = {AAC: start, OPUS: start}
    for rung in steps:
        number = nexts[rung]
        nexts[rung] += 1
        window.add(number=number, rung=rung, data=b"%d" % number, tick=tick(number))
        first, head = window.first(rung), window.head(rung)
        assert first is not None
        assert head == number
        assert head - first < bound
        assert all(window.chunk(rung, n) == b"%d" % n for n in range(first, head + 1))
