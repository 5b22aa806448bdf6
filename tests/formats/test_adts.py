import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from stentor.formats.adts import adts
from stentor.formats.cmaf import packets_of, silence
from stentor.space.rung import Codec


@given(st.lists(st.binary(min_size=1, max_size=2000), max_size=20))
def test_each_frame_says_its_own_length(packets: list[bytes]) -> None:
    data, at = adts(packets), 0
    for packet in packets:
        assert data[at : at + 2] == b"\xff\xf1"
        size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        assert data[at + 7 : at + size] == packet
        at += size
    assert at == len(data)


def test_ffmpeg_decodes_it_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "silence.aac"
    path.write_bytes(adts(packets_of(silence(0, Codec.AAC)) * 10))
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
