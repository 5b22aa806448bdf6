"""The benchmark's live listener counts whole chunks and notices a gap, a repeat and a refusal."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crowd_rooms import Stream
from stentor.formats.cmaf import init_segment
from stentor.space.rung import Codec
from synthetic_stage import programme_chunk

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


def answer(*numbers: int) -> bytes:
    chunks = (programme_chunk(Codec.AAC, number) for number in numbers)
    return HEAD + init_segment(Codec.AAC) + b"".join(chunks)


@given(cuts=st.lists(st.integers(0, len(answer(5, 6, 7))), max_size=8))
def test_every_chunk_is_counted_once_however_the_bytes_come(cuts: list[int]) -> None:
    whole, stream = answer(5, 6, 7), Stream(has_numbers=True)
    places = [0, *sorted(cuts), len(whole)]
    told = [stream.take(whole[a:b]) for a, b in pairwise(places)]
    assert sum(count for count, _ in told) == 3
    assert {wrong for _, wrong in told} == {None}
    assert stream.next == 8


def test_a_gap_and_a_repeat_are_noticed() -> None:
    assert Stream(has_numbers=True).take(answer(5, 7)) == (2, "gaps")
    assert Stream(has_numbers=True).take(answer(5, 5)) == (2, "repeats")


def test_a_refusal_is_no_seat() -> None:
    stream = Stream(has_numbers=True)
    assert stream.take(b"HTTP/1.1 503 Service Unavailable\r\n\r\n") == (0, "503")
    assert not stream.is_seated
