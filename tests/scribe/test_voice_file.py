"""The voice file: records, repeats, torn tails."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput, OutOfRange
from stentor.formats.voice import VoicePacket, voice_bytes
from stentor.scribe.recording.voice_file import VoiceFile, voices_of


def voice(number: int) -> bytes:
    return voice_bytes([VoicePacket(0, b"opus"), VoicePacket(960, b"%d" % number)])


def write(directory: Path, *numbers: int) -> Path:
    file = VoiceFile.open(directory, "maya")
    try:
        for number in numbers:
            file.append(number, voice(number))
        file.sync()
    finally:
        file.close()
    return directory / "voice.maya.svf"


def test_voices_come_back_as_they_went_in(tmp_path: Path) -> None:
    assert list(voices_of(write(tmp_path, 5, 6, 9))) == [(n, voice(n)) for n in (5, 6, 9)]


def test_a_repeated_voice_is_kept_once_also_after_a_restart(tmp_path: Path) -> None:
    write(tmp_path, 5, 6, 6)
    assert [n for n, _ in voices_of(write(tmp_path, 5, 6, 7))] == [5, 6, 7]


def test_a_voice_that_comes_late_is_kept(tmp_path: Path) -> None:
    assert [n for n, _ in voices_of(write(tmp_path, 5, 7, 6))] == [5, 7, 6]


@given(cut_bytes=st.integers(0, 60))
def test_a_tail_torn_anywhere_is_cut(cut_bytes: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("torn")
    path = write(directory, 5, 6, 7)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut_bytes])
    write(directory, 5, 6, 7, 8)
    assert [n for n, _ in voices_of(path)] == [5, 6, 7, 8]


def test_a_record_whose_checksum_is_wrong_is_cut(tmp_path: Path) -> None:
    path = write(tmp_path, 5, 6)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert [n for n, _ in voices_of(path)] == [5]


def test_what_is_not_a_voice_is_refused(tmp_path: Path) -> None:
    file = VoiceFile.open(tmp_path, "maya")
    try:
        with pytest.raises(BadInput):
            file.append(5, b"noise")
    finally:
        file.close()


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "voice.maya.svf"
    path.write_bytes(b"RIFF....")
    with pytest.raises(BadInput):
        VoiceFile.open(tmp_path, "maya")
    assert path.read_bytes() == b"RIFF...."


@pytest.mark.parametrize("number", [-1, 1 << 32])
def test_a_number_that_no_record_can_hold_is_refused(tmp_path: Path, number: int) -> None:
    file = VoiceFile.open(tmp_path, "maya")
    try:
        with pytest.raises(OutOfRange):
            file.append(number, voice(0))
    finally:
        file.close()
