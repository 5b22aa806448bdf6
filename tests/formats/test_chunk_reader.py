"""Whole chunks come out of a live answer, however it was cut up; nothing else does."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.formats.chunk_reader import Chunk, ChunkReader
from stentor.formats.cmaf import init_segment, silence
from stentor.space.rung import Codec

INIT = init_segment(Codec.AAC)
EMSG = (16).to_bytes(4) + b"emsg" + bytes(8)
CHUNKS = [silence(number, Codec.AAC) for number in range(40, 44)]
BODY = INIT + b"".join(EMSG + chunk for chunk in CHUNKS)


@given(st.lists(st.integers(0, len(BODY)), max_size=12))
def test_chunks_come_out_whole_and_in_order_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    reader = ChunkReader()
    heard: list[Chunk] = []
    borders = [0, *sorted(cuts), len(BODY)]
    for begin, end in pairwise(borders):
        heard += reader.feed(BODY[begin:end])
    assert [chunk.number for chunk in heard] == [40, 41, 42, 43]
    assert [chunk.media for chunk in heard] == CHUNKS
    assert {chunk.events for chunk in heard} == {EMSG}
    assert (reader.init, reader.is_whole) == (INIT, True)


@given(st.integers(1, len(CHUNKS[0]) + len(EMSG) - 1))
def test_an_answer_that_was_cut_says_so(missing: int) -> None:
    reader = ChunkReader()
    heard = list(reader.feed(BODY[:-missing]))
    assert len(heard) == len(CHUNKS) - 1
    assert not reader.is_whole


@given(st.binary(max_size=400))
def test_noise_is_refused_or_waited_for(noise: bytes) -> None:
    with suppress(BadInput):
        assert list(ChunkReader().feed(noise)) == []


@pytest.mark.parametrize("size", [0, 7, 1 << 24])
def test_a_box_that_cannot_be_is_refused_before_it_is_kept(size: int) -> None:
    with pytest.raises(BadInput):
        list(ChunkReader().feed(size.to_bytes(4) + b"moof" + bytes(100)))


def test_boxes_without_a_chunk_are_not_kept_for_ever() -> None:
    with pytest.raises(BadInput):
        list(ChunkReader().feed(EMSG * 100_000))
