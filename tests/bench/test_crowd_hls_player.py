"""The benchmark's LL-HLS player asks as a player does and notices what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd_hls_player import PART_S, Ask, Listed, Player, part_number
from stentor.edge.hls import Listing, low_latency, plain
from stentor.errors import BadInput
from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.space.rung import Codec
from stentor.space.timeline import Timeline
from synthetic_stage import programme_chunk


def listed(head: int, *, has_hint: bool = True) -> Listed:
    text = low_latency(Listing(Timeline(0), 0, head))
    if not has_hint:
        text = "\n".join(line for line in text.splitlines() if "PRELOAD-HINT" not in line)
    return Listed.read(text)


def test_a_player_begins_three_parts_behind_the_newest() -> None:
    player = Player(is_blocking=False)
    assert player.part_ask() is None
    assert player.take_list(listed(40)) is None
    assert player.part_ask() == Ask("part/38.m4s", 38)


@given(head=st.integers(20, 10_000))
def test_a_blocking_player_asks_for_the_next_part_by_segment_and_place(head: int) -> None:
    player = Player(is_blocking=True)
    player.take_list(listed(head))
    msn, part = divmod(head + 1, CHUNKS_PER_SEGMENT)
    assert player.list_ask(1.0).uri == f"index.m3u8?_HLS_msn={msn}&_HLS_part={part}"
    assert player.due_s <= 1.0


def test_a_blocking_player_asks_for_the_hinted_part_and_no_further() -> None:
    player = Player(is_blocking=True)
    player.take_list(listed(40))
    for number in (38, 39, 40, 41):
        assert player.part_ask() == Ask(f"part/{number}.m4s", number)
        assert player.take_part(number) is None
    assert player.part_ask() is None


def test_a_polling_player_waits_a_part_after_news_and_half_of_it_after_none() -> None:
    player = Player(is_blocking=False)
    player.list_ask(100.0)
    player.take_list(listed(40, has_hint=False))
    first_s = player.due_s
    assert first_s == pytest.approx(100.0 + PART_S, abs=0.05)
    player.list_ask(first_s)
    player.take_list(listed(40, has_hint=False))
    assert player.due_s - first_s == pytest.approx(PART_S / 2)
    assert player.part_ask() == Ask("part/38.m4s", 38)


def test_a_polling_player_keeps_its_grid_when_it_is_read_in_rounds() -> None:
    player = Player(is_blocking=False)
    player.list_ask(0.0)
    player.take_list(listed(40))
    began_s = player.due_s
    for turn in range(1, 51):
        player.list_ask(player.due_s + 0.019)
        player.take_list(listed(40 + turn))
    assert player.due_s - began_s == pytest.approx(50 * PART_S)


def test_an_early_list_is_noticed() -> None:
    player = Player(is_blocking=True)
    player.take_list(listed(40))
    player.list_ask(1.0)
    assert player.take_list(listed(40)) == "a list that came early"


def test_a_list_that_goes_back_is_noticed() -> None:
    player = Player(is_blocking=False)
    player.take_list(listed(40))
    assert player.take_list(listed(39)) == "a list that went back"


def test_parts_that_left_the_list_before_they_were_heard_are_noticed() -> None:
    player = Player(is_blocking=False)
    player.take_list(listed(40))
    assert player.take_list(listed(140)) == "parts that are gone"
    ask = player.part_ask()
    assert ask is not None
    assert ask.part == listed(140).first


def test_another_part_than_the_one_asked_for_is_noticed() -> None:
    player = Player(is_blocking=False)
    player.take_list(listed(40))
    assert player.take_part(39) == "another part"


def test_a_list_without_parts_is_none() -> None:
    with pytest.raises(BadInput):
        Listed.read(plain(Listing(Timeline(0), 0, 40)))


def test_a_part_says_its_number() -> None:
    assert part_number(programme_chunk(Codec.AAC, 7)) == 7
    assert part_number(b"no box") == -1
