"""The index of a sealed programme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, OutOfRange
from stentor.formats.cmaf import chunk_number, init_segment, silence
from stentor.formats.programme_index import ProgrammeIndex
from stentor.space.rung import Codec


@given(st.lists(st.integers(1, 70_000), max_size=50), st.integers(0, 1 << 20), st.integers(1, 5_000))
def test_what_is_written_is_read(sizes: list[int], first: int, init_bytes: int) -> None:
    index = ProgrammeIndex.of_sizes(sizes, first=first, init_bytes=init_bytes)
    assert ProgrammeIndex.from_bytes(index.as_bytes()) == index
    assert (index.count, index.size_bytes) == (len(sizes), init_bytes + sum(sizes))


def test_a_span_is_exactly_its_chunks() -> None:
    chunks = [silence(number, Codec.AAC) for number in range(36, 40)]
    file = init_segment(Codec.AAC) + b"".join(chunks)
    index = ProgrammeIndex.of_sizes(map(len, chunks), first=36, init_bytes=len(init_segment(Codec.AAC)))
    start, end = index.span(38, 39)
    assert file[start:end] == chunks[2]
    assert chunk_number(file[start:end]) == 38
    assert file[: index.init_bytes] == init_segment(Codec.AAC)
    assert index.span(36, index.end) == (index.init_bytes, len(file))


@pytest.mark.parametrize(("first", "end"), [(35, 37), (36, 41), (39, 38)])
def test_chunks_that_are_not_there_have_no_bytes(first: int, end: int) -> None:
    index = ProgrammeIndex.of_sizes([10, 10, 10, 10], first=36, init_bytes=5)
    with pytest.raises(OutOfRange):
        index.span(first, end)


def test_a_file_over_four_gigabytes_has_no_index() -> None:
    with pytest.raises(OutOfRange):
        ProgrammeIndex.of_sizes([0xFFFF_FFFF], first=0, init_bytes=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(11),
        ProgrammeIndex(36, (5, 9)).as_bytes()[:-1],
        ProgrammeIndex(36, (5, 9)).as_bytes() + b"\0",
        b"\2" + ProgrammeIndex(36, (5, 9)).as_bytes()[1:],
        ProgrammeIndex(36, (9, 5)).as_bytes(),
    ],
)
def test_what_is_no_index_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        ProgrammeIndex.from_bytes(data)
