import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.errors import BadInput
from stentor.formats.voice import VoicePacket, voice_bytes, voice_packets

packets = st.lists(st.builds(VoicePacket, st.integers(0, 30_719), st.binary(max_size=200)), max_size=40)


@given(packets)
def test_what_is_written_is_read_back(written: list[VoicePacket]) -> None:
    assert voice_packets(voice_bytes(written)) == written


@given(packets, st.integers(0, 50))
def test_a_torn_voice_is_refused_or_shorter_but_never_invented(written: list[VoicePacket], cut: int) -> None:
    data = voice_bytes(written)
    try:
        assert (
            voice_packets(data[: len(data) - cut]) == written[: len(voice_packets(data[: len(data) - cut]))]
        )
    except BadInput:
        assert cut > 0


def test_bytes_that_are_no_voice_are_refused() -> None:
    with pytest.raises(BadInput, match="magic"):
        voice_packets(b"OggS")
