"""A crowd's stalls and addresses are those that its players and its people would have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd_addresses import loopback, spread
from crowd_stalls import Stalls
from stentor.limits import CHUNK_MS

CHUNK_S = CHUNK_MS / 1000


def test_a_chunk_within_the_cushion_is_no_stall() -> None:
    stalls = Stalls(0.5)
    stalls.heard(7, 10, 100.0)
    stalls.heard(7, 11, 100.0 + CHUNK_S + 0.5)
    assert stalls.total_s(101.0) < 1e-9


def test_a_late_chunk_stalls_once_by_what_it_is_beyond_the_cushion() -> None:
    stalls = Stalls(0.5)
    stalls.heard(7, 10, 100.0)
    stalls.heard(7, 11, 100.0 + CHUNK_S + 0.75)
    stalls.heard(7, 12, 100.0 + 2 * CHUNK_S + 0.75)
    assert abs(stalls.total_s(101.0) - 0.25) < 1e-9


def test_silence_that_goes_on_is_counted_before_it_ends_and_not_again_afterwards() -> None:
    stalls = Stalls(0.5)
    stalls.heard(7, 10, 100.0)
    dry_s = 100.0 + CHUNK_S + 0.5
    assert abs(stalls.total_s(dry_s + 3) - 3) < 1e-9
    stalls.heard(7, 11, dry_s + 3)
    assert abs(stalls.total_s(dry_s + 3) - 3) < 1e-9


def test_whoever_was_cut_off_stalls_from_the_end_of_their_sound_to_the_next_of_it() -> None:
    stalls = Stalls(0.5)
    stalls.heard(7, 10, 100.0)
    dry_s = stalls.dry_s(7)
    assert dry_s is not None
    stalls.left(7)
    stalls.expect(9, dry_s)
    assert abs(stalls.total_s(dry_s + 2) - 2) < 1e-9
    stalls.heard(9, 15, dry_s + 2.5)
    assert abs(stalls.total_s(dry_s + 2.5) - 2.5) < 1e-9


def listened(*, cadence: int, told_s: float, slot_s: float = 0.0, slows: bool = True) -> float:
    """Seconds of silence of one who sits in a slot, beside one in the first; the cadence changes at 60 s."""
    stalls = Stalls(0.66, slows=slows)
    stalls.heard(1, 0, 0.0)
    stalls.heard(2, 1, CHUNK_S + slot_s)
    for number in range(2, 300):
        at_s, now = number * CHUNK_S, cadence if number * CHUNK_S > 60 else 1
        if at_s > told_s:
            stalls.told(number, cadence)
        stalls.heard(1, number, at_s)
        if number % now == 0:
            stalls.heard(2, number, at_s + slot_s)
    return stalls.total_s(299 * CHUNK_S)


@pytest.mark.parametrize("slot_s", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(("cadence", "notice_s"), [(2, 8), (4, 27)])
def test_a_cadence_that_is_told_in_time_stalls_no_player_of_ours(
    cadence: int, notice_s: float, slot_s: float
) -> None:
    assert listened(cadence=cadence, told_s=60 - notice_s, slot_s=slot_s) == 0
    assert listened(cadence=4, told_s=60, slot_s=slot_s) > 0.5


def test_the_first_chunk_of_a_write_is_what_was_waited_for() -> None:
    assert listened(cadence=4, told_s=60, slows=False) > 1


@given(st.integers(0, 100_000), st.integers(1, 8))
def test_people_have_addresses_of_their_own_in_networks_far_apart(index: int, per_address: int) -> None:
    people = spread("10.64.0.0/12", per_address=per_address)
    here, later = people.of(index * per_address), people.of((index + 1) * per_address)
    assert here != later
    assert here.rpartition(".")[0] != later.rpartition(".")[0]
    assert people.after(per_address).of(index * per_address) == later
    assert here.startswith(("10.6", "10.7"))


def test_a_crowd_on_loopback_has_four_thousand_ports_to_an_address() -> None:
    crowd = loopback(9)
    assert crowd.of(0) == crowd.of(3_999) == "127.9.0.1"
    assert crowd.of(4_000) == "127.9.0.2"
