"""Speech out of a file: whole packets, in step, refused when it cannot be sent as it is."""

import subprocess
from pathlib import Path

import pytest

import stentor
from stentor.errors import BadInput
from stentor.rehearsal.opus_file import Speech, in_step, speech_of, timed

DEBATE = Path(stentor.__file__).parent / "data" / "debate"


def made(path: Path, *options: str) -> Path:
    tone = "sine=frequency=440:duration=1:sample_rate=48000"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", tone, *options, str(path)]
    subprocess.run(command, check=True, timeout=30)
    return path


@pytest.mark.parametrize("name", ["maya", "daniel"])
def test_the_debates_voices_are_91_6_seconds_of_20_ms_packets(name: str) -> None:
    speech = speech_of(DEBATE / f"{name}.opus")
    assert len(speech.packets) == speech.loop_packets == 4580
    assert {packet[0] >> 3 for packet in speech.packets} <= {1, 5, 9, 13, 15, 19, 23, 27, 31}  # 20 ms


def test_a_speech_begins_again_when_it_is_over() -> None:
    speech = Speech((b"a", b"b", b"c"), 3)
    assert [speech.at(slot) for slot in range(2, 7)] == [b"c", b"a", b"b", b"c", b"a"]


def test_a_shorter_speech_waits_in_silence_for_the_longer_one() -> None:
    short, long = in_step([Speech((b"a",), 1), Speech((b"x", b"y", b"z"), 3)])
    assert [short.at(slot) for slot in range(4)] == [b"a", b"\xf8\xff\xfe", b"\xf8\xff\xfe", b"a"]
    assert long.at(3) == b"x"


def test_packets_of_60_ms_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "long.opus", "-c:a", "libopus", "-frame_duration", "60")
    with pytest.raises(BadInput, match="20 ms"):
        speech_of(path)


def test_a_file_without_opus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Opus"):
        speech_of(made(tmp_path / "tone.wav"))
    (tmp_path / "text.opus").write_text("no audio")
    with pytest.raises(BadInput):
        speech_of(tmp_path / "text.opus")
    with pytest.raises(BadInput):
        speech_of(tmp_path / "missing.opus")


def test_a_timed_packet_keeps_its_bytes() -> None:
    packet = timed(b"\xf8\xff\xfe", slot=7)
    assert (bytes(packet), packet.pts) == (b"\xf8\xff\xfe", 7 * 960)
