"""A lane: the same bytes for everybody, each number of one rung."""

from hypothesis import given
from hypothesis import strategies as st

from stentor.edge.framing import Format, Shape
from stentor.edge.lane import TURN_S, Lane
from stentor.edge.programme import Programme
from stentor.edge.slots import QUIET_TURNS, SLOTS
from stentor.formats.cmaf import init_segment
from stentor.log.assembler import LogChunk
from stentor.space.rung import Codec, Rung

WINDOW_CHUNKS = 40


async def nothing_older(_rung: Rung, _number: int) -> LogChunk | None:
    return None


def lane_of(*, heard: range = range(10), format_: Format = Format.MP4) -> Lane:
    programme = Programme("demo", chunks_max=WINDOW_CHUNKS, first_chunk_s=0.1, fetch_old=nothing_older)
    lane = Lane(programme, Codec.OPUS, format_, now_s=0.0)
    for number in heard:
        hear(lane, number)
    return lane


def hear(lane: Lane, number: int) -> None:
    for rung in Rung:
        lane.programme.take(LogChunk(number, rung, f"{rung}/{number};".encode(), None), now_s=0.0)


def test_chunks_up_to_the_head_keep_the_rung_that_they_had_and_later_ones_have_the_new() -> None:
    lane = lane_of(heard=range(10))
    lane.step(Rung.OPUS16, 1)
    hear(lane, 10)
    assert lane.shared(9, 10) == b"opus32/9;opus16/10;"
    lane.step(Rung.OPUS32, 1)
    hear(lane, 11)
    assert lane.shared(8, 11) == b"opus32/8;opus32/9;opus16/10;opus32/11;"


def test_a_step_before_the_first_chunk_holds_from_the_start() -> None:
    lane = lane_of(heard=range(0))
    lane.step(Rung.OPUS16, 2)
    hear(lane, 0)
    assert lane.shared(0, 0) == b"opus16/0;"


def test_a_step_that_only_changes_the_cadence_changes_no_byte() -> None:
    lane = lane_of(heard=range(10))
    before = lane.shared(8, 9)
    lane.step(Rung.OPUS32, 4)
    assert lane.cadence == 4
    assert lane.shared(8, 9) is before


def test_steps_to_and_fro_without_a_chunk_push_no_border_out() -> None:
    lane = lane_of(heard=range(10))
    lane.step(Rung.OPUS16, 1)
    hear(lane, 10)
    for _ in range(20):
        lane.step(Rung.OPUS32, 1)
        lane.step(Rung.OPUS16, 1)
    hear(lane, 11)
    assert lane.shared(9, 11) == b"opus32/9;opus16/10;opus16/11;"


@given(st.lists(st.tuples(st.sampled_from([Rung.OPUS32, Rung.OPUS16]), st.integers(0, 3)), max_size=40))
def test_a_number_of_the_window_never_changes_its_rung_while_changes_are_remembered(
    moves: list[tuple[Rung, int]],
) -> None:
    lane, told = lane_of(heard=range(5)), dict[int, Rung]()
    number = 5
    for rung, more in moves:
        lane.step(rung, 1)
        for _ in range(more):
            hear(lane, number)
            told[number] = rung
            number += 1
        assert all(lane.rung_of(n) is told[n] for n in sorted(told)[-10:])


def test_bytes_are_joined_once_and_only_the_last_few_are_kept() -> None:
    lane = lane_of(heard=range(30))
    first = lane.shared(0, 1)
    assert first is not None
    assert lane.shared(0, 1) is first
    assert lane.shared(0, 1, is_joining=True) is not first
    for number in range(1, 20):
        lane.shared(number, number + 1)
    again = lane.shared(0, 1)
    assert again == first
    assert again is not first


def test_what_is_not_wholly_in_the_window_is_not_there() -> None:
    lane = lane_of(heard=range(WINDOW_CHUNKS + 5))
    assert lane.oldest() == 5
    assert lane.shared(4, 6) is None
    assert lane.shared(5, 6) is not None
    assert lane.shared(WINDOW_CHUNKS + 4, WINDOW_CHUNKS + 5) is None


def test_all_slots_have_the_head_once_it_is_over_and_not_before() -> None:
    lane = lane_of()
    lane.step(Rung.OPUS32, 4)
    assert {lane.due(slot, 9, now_s=9.0) for slot in range(SLOTS)} == {6, 7, 8, 9}
    lane.programme.arrivals.end()
    assert lane.is_over
    assert {lane.due(slot, 9, now_s=9.0) for slot in range(SLOTS)} == {9}


def test_slots_are_filled_in_turn() -> None:
    lane = lane_of()
    used = SLOTS - QUIET_TURNS
    assert sorted(lane.pick_slot() for _ in range(2 * used)) == sorted([*range(used), *range(used)])


def test_the_first_slot_is_served_soon_after_a_chunk_has_come() -> None:
    lane = lane_of()
    lane.programme.arrived_s = 100.0
    lane.turn_with_arrivals(5, now_s=100.0 + 1.5 * TURN_S)  # turn 4 was the first after the arrival
    assert lane.slot_at(4 + QUIET_TURNS) is lane.slots[0]
    assert lane.slot_at(4) is lane.slots[SLOTS - QUIET_TURNS]  # where nobody sits


def test_the_last_slots_do_not_get_a_chunk_a_revolution_early() -> None:
    lane = lane_of()
    lane.programme.arrived_s = 100.0
    assert [lane.due(slot, 9, now_s=100.02) for slot in (0, 20, 29)] == [9, 9, 8]
    assert [lane.due(slot, 9, now_s=100.6) for slot in (0, 20, 29)] == [9, 9, 9]


def test_a_lane_whose_source_is_silent_keeps_its_turns() -> None:
    lane = lane_of()
    lane.programme.arrived_s = 100.0
    lane.turn_with_arrivals(0, now_s=100.0)
    first = lane.slot_at(9)
    lane.turn_with_arrivals(0, now_s=107.3)
    assert lane.slot_at(9) is first


def test_a_head_that_stands_still_is_noticed() -> None:
    lane = lane_of(heard=range(1))
    lane.look(now_s=1.0)
    lane.look(now_s=9.0)
    assert lane.moved_s == 1.0
    hear(lane, 1)
    lane.look(now_s=10.0)
    assert lane.moved_s == 10.0


def test_a_response_begins_as_its_format_begins() -> None:
    assert lane_of().preamble == init_segment(Codec.OPUS)
    assert lane_of(format_=Format.AAC).preamble == b""
    lane = lane_of()
    lane.step(Rung.OPUS16, 1)
    assert lane.preamble == init_segment(Codec.OPUS)  # the rungs of a codec share it
    assert lane.shape_of(10) == Shape(Rung.OPUS16, Format.MP4)
