"""Room that Spaces share: nothing is left over, nobody is left out."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.backstage.control.room_shares import shares

demands = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 10**7), max_size=20)


@given(room=st.integers(0, 10**7), wanted=demands)
def test_all_room_is_given_and_only_what_there_is(room: int, wanted: dict[str, int]) -> None:
    given_ = shares(room, wanted)
    assert given_.keys() == wanted.keys()
    if not wanted or room == 0:
        assert not any(given_.values())
        return
    assert room <= sum(given_.values()) <= max(room, len(wanted))
    assert min(given_.values()) >= 1 or room < len(wanted)


@given(room=st.integers(1, 10**6), wanted=demands)
def test_nobody_gets_more_than_they_can_use_while_room_is_scarce(room: int, wanted: dict[str, int]) -> None:
    given_ = shares(room, wanted)
    if sum(wanted.values()) >= room:
        assert all(given_[name] <= wanted[name] for name in wanted)
    else:
        assert all(given_[name] >= wanted[name] for name in wanted)


def test_a_small_talk_beside_millions_lets_its_people_in() -> None:
    given_ = shares(80_000, {"evening": 2_000_000, "talk": 40})
    assert given_["talk"] == 40
    assert given_["evening"] == 79_960


def test_two_crowds_wait_about_as_long_as_each_other() -> None:
    given_ = shares(8_000, {"large": 3_000_000, "half": 1_500_000})
    assert 1.7 < given_["large"] / given_["half"] < 2.0
