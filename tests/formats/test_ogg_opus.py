"""Ogg Opus files: what went in comes out, players take them, silence keeps the places."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.formats.ogg_opus import in_place, ogg_opus, packets_of_ogg
from stentor.formats.opus_packet import SILENCE, opus_duration_samples

TEN_MS = b"\xf0\xff\xfe"


@given(st.lists(st.binary(min_size=1, max_size=1275), max_size=120))
def test_the_packets_come_back_as_they_went_in(packets: list[bytes]) -> None:
    assert list(packets_of_ogg(BytesIO(b"".join(ogg_opus(packets, channels=1))))) == packets


def test_ffmpeg_takes_the_file_and_its_length_is_right(tmp_path: Path) -> None:
    path = tmp_path / "voice.opus"
    path.write_bytes(b"".join(ogg_opus([SILENCE] * 130, channels=1, tags=["TITLE=Débat"])))
    told = subprocess.run(
        [
            "ffprobe",
            "-v",
            "warning",
            "-show_entries",
            "format=duration:stream_tags=title",
            "-of",
            "csv=p=0",
            path,
        ],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert told.stderr == b""
    assert told.stdout.decode().split() == ["Débat", "2.600000"]
    decoded = subprocess.run(
        ["ffmpeg", "-v", "warning", "-i", path, "-f", "s16le", "-"],
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert (decoded.stderr, len(decoded.stdout)) == (b"", 2 * 130 * 960)


def test_a_packet_stands_within_20_ms_of_its_place_however_late() -> None:
    placed = [(0, SILENCE), (960 * 10 + 500, TEN_MS), (960 * 3000 + 700, SILENCE)]
    at = 0
    found = []
    for packet in in_place(placed):
        if packet is not SILENCE or (at, packet) == (0, SILENCE):
            found.append(at)
        at += opus_duration_samples(packet)
    assert found[:2] == [0, 960 * 10]
    assert 0 <= 960 * 3000 + 700 + 960 - at < 960


def test_what_overlaps_by_more_than_a_tenth_of_a_second_has_no_place() -> None:
    placed = [(0, SILENCE)] * 12
    assert len(list(in_place(placed))) == 6


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_what_is_no_file_is_refused(cut: int) -> None:
    whole = b"".join(ogg_opus([SILENCE], channels=1))
    with pytest.raises(BadInput):
        list(packets_of_ogg(BytesIO(whole[:-cut])))
    with pytest.raises(BadInput):
        list(packets_of_ogg(BytesIO(b"")))
