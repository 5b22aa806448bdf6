import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.formats.cmaf import boxes, chunk, chunk_number, init_segment, moved, packets_of, silence
from stentor.formats.emsg import tick_box, ticks_of
from stentor.space.rung import Codec

packet = st.binary(min_size=1, max_size=300)


@given(st.data(), st.sampled_from(list(Codec)), st.integers(0, 2**33))
def test_what_is_written_is_read_back(data: st.DataObject, codec: Codec, number: int) -> None:
    count = codec.frames_per_chunk
    packets = data.draw(st.lists(packet, min_size=count, max_size=count))
    written = chunk(number, codec, packets)
    assert packets_of(written) == packets
    assert chunk_number(written) == number


@given(st.data(), st.sampled_from(list(Codec)), st.integers(0, 2**33), st.integers(0, 2**33))
def test_a_chunk_that_is_moved_is_the_one_that_would_have_been_written_there(
    data: st.DataObject, codec: Codec, number: int, then: int
) -> None:
    count = codec.frames_per_chunk
    packets = data.draw(st.lists(packet, min_size=count, max_size=count))
    assert moved(chunk(number, codec, packets), then) == chunk(then, codec, packets)


@given(st.binary(max_size=200))
def test_bytes_from_anywhere_are_read_or_refused_but_never_crash(data: bytes) -> None:
    for read in (packets_of, chunk_number, ticks_of, lambda data: moved(data, 3)):
        try:
            read(data)
        except BadInput:
            continue


@given(st.integers(0, 600), st.integers(0, 255))
def test_a_chunk_with_a_wrong_byte_is_read_or_refused_but_never_crashes(at: int, value: int) -> None:
    broken = bytearray(silence(7, Codec.AAC))
    broken[at % len(broken)] = value
    try:
        packets_of(bytes(broken))
        chunk_number(bytes(broken))
    except BadInput:
        pass


def test_a_chunk_is_moof_and_mdat_and_a_tick_stands_before_it() -> None:
    data = tick_box(9, b'{"n":9}') + silence(9, Codec.OPUS)
    assert [kind for kind, _ in boxes(data)] == [b"emsg", b"moof", b"mdat"]
    assert ticks_of(data) == [b'{"n":9}']


def test_a_decode_time_off_the_grid_is_refused() -> None:
    off = silence(1, Codec.AAC).replace((30720).to_bytes(8), (30721).to_bytes(8))
    with pytest.raises(BadInput, match="off the grid"):
        chunk_number(off)


@pytest.mark.parametrize("codec", list(Codec))
def test_ffmpeg_reads_silence_joined_anywhere_without_a_word(codec: Codec, tmp_path: Path) -> None:
    path = tmp_path / "silence.mp4"
    ticks_and_chunks = [tick_box(n, b'{"n":%d}' % n) + silence(n, codec) for n in range(1000, 1020)]
    path.write_bytes(init_segment(codec) + b"".join(ticks_and_chunks))
    decode = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    assert decode.stderr == ""
    probe = subprocess.run(
        ["ffprobe", "-v", "warning", "-show_entries", "packet=pts", "-of", "csv=p=0", path],
        capture_output=True,
        text=True,
        check=True,
    )
    times = [int(line.strip(",")) for line in probe.stdout.split()]
    assert times[0] == 1000 * 30720
    assert {b - a for a, b in pairwise(times)} == {codec.frame_samples}
