"""The programme file: what it holds after crashes, repeats and holes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, OutOfRange
from stentor.formats.cmaf import boxes, chunk, chunk_number, init_segment, packets_of, silence
from stentor.scribe.recording.programme_file import HOLE_CHUNKS_MAX, Kept, ProgrammeFile, index_of
from stentor.space.rung import Codec, Rung


@contextmanager
def opened(directory: Path, rung: Rung = Rung.AAC64) -> Iterator[ProgrammeFile]:
    file = ProgrammeFile.open(directory, rung)
    try:
        yield file
    finally:
        file.close()


def marked(number: int, codec: Codec = Codec.AAC) -> bytes:
    """A chunk that tells itself apart from silence."""
    return chunk(number, codec, [b"%08d" % number] * codec.frames_per_chunk)


def numbers_in(path: Path, codec: Codec = Codec.AAC) -> list[int]:
    data = path.read_bytes()
    assert data.startswith(init_segment(codec))
    parts = list(boxes(data[len(init_segment(codec)) :]))
    assert [kind for kind, _ in parts] == [b"moof", b"mdat"] * (len(parts) // 2)
    whole, at = [], len(init_segment(codec))
    for (_, moof), (_, mdat) in zip(parts[::2], parts[1::2], strict=True):
        size = len(moof) + len(mdat) + 16
        whole.append(chunk_number(data[at : at + size]))
        at += size
    return whole


def test_chunks_stand_in_the_file_in_order_behind_the_init_segment(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        assert [file.append(n, marked(n)) for n in (36, 37, 38)] == [Kept.WRITTEN] * 3
    assert numbers_in(tmp_path / "programme.aac64.mp4") == [36, 37, 38]


def test_a_hole_is_filled_with_silence(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(36, marked(36))
        file.append(39, marked(39))
    data = (tmp_path / "programme.aac64.mp4").read_bytes()
    assert numbers_in(tmp_path / "programme.aac64.mp4") == [36, 37, 38, 39]
    assert silence(37, Codec.AAC) + silence(38, Codec.AAC) in data


def test_a_late_start_is_silence_and_the_runway_is_nobodys_record(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        assert file.append(35, marked(35)) is Kept.REPEATED
        file.append(38, marked(38))
    assert numbers_in(tmp_path / "programme.aac64.mp4") == [36, 37, 38]


def test_the_index_of_a_file_finds_every_chunk(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(38, marked(38))
        file.fill(41)
    path = tmp_path / "programme.aac64.mp4"
    data, index = path.read_bytes(), index_of(path, Codec.AAC)
    assert (index.first, index.end, index.size_bytes) == (36, 41, len(data))
    start, end = index.span(38, 39)
    assert data[start:end] == marked(38)


def test_a_repeated_chunk_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(36, marked(36))
        assert file.append(36, silence(36, Codec.AAC)) is Kept.REPEATED
        assert file.append(35, marked(35)) is Kept.REPEATED
    assert numbers_in(tmp_path / "programme.aac64.mp4") == [36]


def test_a_file_opened_again_goes_on_with_the_next_number(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(36, marked(36))
    with opened(tmp_path) as file:
        assert (file.next_number, file.torn_bytes) == (37, 0)
        file.append(37, marked(37))
    assert numbers_in(tmp_path / "programme.aac64.mp4") == [36, 37]


@given(cut_bytes=st.integers(0, 900))
def test_a_tail_torn_anywhere_is_cut_and_what_was_whole_stays(
    cut_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("torn")
    path = directory / "programme.aac64.mp4"
    with opened(directory) as file:
        for number in (36, 37, 38):
            file.append(number, marked(number))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut_bytes])
    with opened(directory) as file:
        for number in (36, 37, 38, 39):
            file.append(number, marked(number))
    assert path.read_bytes() == whole + marked(39)


def test_a_tail_of_zeros_is_cut(tmp_path: Path) -> None:
    """What a file system may show after a power failure: the length is there, the bytes are not."""
    path = tmp_path / "programme.aac64.mp4"
    with opened(tmp_path) as file:
        file.append(36, marked(36))
    path.write_bytes(path.read_bytes() + bytes(4096))
    with opened(tmp_path) as file:
        assert (file.next_number, file.torn_bytes) == (37, 4096)
    assert numbers_in(path) == [36]


def test_bytes_that_are_another_chunk_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        for data in (marked(37), b"", marked(36) + marked(37), marked(36)[:-1]):
            with pytest.raises(BadInput):
                file.append(36, data)
        assert file.next_number == 36


def test_a_hole_longer_than_a_day_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(36, marked(36))
        far = 38 + HOLE_CHUNKS_MAX
        with pytest.raises(OutOfRange):
            file.append(far, marked(far))


def test_another_codecs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "programme.opus32.mp4"
    path.write_bytes(init_segment(Codec.AAC))
    with pytest.raises(BadInput):
        ProgrammeFile.open(tmp_path, Rung.OPUS32)
    assert path.read_bytes() == init_segment(Codec.AAC)


@pytest.mark.parametrize("rung", [Rung.AAC64, Rung.OPUS32])
def test_ffmpeg_decodes_the_file_without_a_warning(tmp_path: Path, rung: Rung) -> None:
    with opened(tmp_path, rung) as file:
        for number in (36, 37, 40):
            file.append(number, silence(number, rung.codec))
    decoded = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", str(tmp_path / f"programme.{rung.value}.mp4"), "-f", "s16le", "-"],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert decoded.stderr == b""
    assert abs(len(decoded.stdout) / 2 / 48_000 - 5 * 0.64) < 0.03


def test_the_packets_come_back_as_they_went_in(tmp_path: Path) -> None:
    with opened(tmp_path) as file:
        file.append(36, marked(36))
    data = (tmp_path / "programme.aac64.mp4").read_bytes()[len(init_segment(Codec.AAC)) :]
    assert packets_of(data) == [b"00000036"] * 30
