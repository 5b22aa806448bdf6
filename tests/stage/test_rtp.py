"""RTP is read without trust."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.formats.opus_packet import opus_duration_samples
from stentor.stage.rtp import RtpPacket, parse_rtp, rtp_header

HEADER = rtp_header(payload_type=96, sequence=7, timestamp=960, ssrc=5)


def with_extension(elements: bytes, *, profile: int = 0xBEDE) -> bytes:
    elements += bytes(-len(elements) % 4)
    extension = struct.pack("!HH", profile, len(elements) // 4) + elements
    return bytes([HEADER[0] | 0x10]) + HEADER[1:] + extension + b"opus"


@given(st.binary(max_size=400), st.none() | st.integers(1, 14))
def test_no_bytes_raise_anything(data: bytes, level_id: int | None) -> None:
    """A hostile datagram is a packet or None, never an exception."""
    packet = parse_rtp(data, level_id=level_id)
    if packet is not None:
        assert packet.payload
        opus_duration_samples(packet.payload)


@given(st.binary(max_size=60))
def test_no_tail_after_a_valid_header_raises_anything(tail: bytes) -> None:
    """Every combination of extension, padding and contributing sources."""
    for first in range(0x80, 0xC0):
        parse_rtp(bytes([first]) + HEADER[1:] + tail, level_id=2)


@given(
    st.integers(0, 127), st.integers(0, 65535), st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=99)
)
def test_what_is_written_is_read(payload_type: int, sequence: int, timestamp: int, payload: bytes) -> None:
    """The header's fields survive the round."""
    header = rtp_header(payload_type=payload_type, sequence=sequence, timestamp=timestamp, ssrc=9)
    assert parse_rtp(header + payload) == RtpPacket(payload_type, sequence, timestamp, 9, payload)


@pytest.mark.parametrize("elements", [b"\x20\x9e", b"\x10\x31\x20\x9e", b"\x00\x00\x20\x9e"])
def test_the_audio_level_is_found_wherever_it_stands(elements: bytes) -> None:
    """Behind other elements and behind padding; the voice bit is not part of the level."""
    packet = parse_rtp(with_extension(elements), level_id=2)
    assert packet is not None
    assert (packet.level_db, packet.payload) == (30, b"opus")


@pytest.mark.parametrize("elements", [b"\xf0\x00\x20\x9e", b"\x30\x9e", b"\x2f\x9e"])
def test_a_level_that_is_not_there_is_none(elements: bytes) -> None:
    """The reserved id ends the list, a foreign id is not ours, an element that leaves the list is torn."""
    packet = parse_rtp(with_extension(elements), level_id=2)
    assert packet is not None
    assert packet.level_db is None


def test_padding_is_not_payload_and_padding_that_eats_the_packet_is_refused() -> None:
    """RFC 3550: the last byte says how much."""
    padded = bytes([HEADER[0] | 0x20]) + HEADER[1:]
    packet = parse_rtp(padded + b"opus\0\0\3")
    assert packet is not None
    assert packet.payload == b"opus"
    assert parse_rtp(padded + b"opus\0\0\x63") is None
    assert parse_rtp(padded + b"opus\0") is None


@pytest.mark.parametrize(
    ("payload", "samples"),
    [
        (b"\xf8\xff\xfe", 960),
        (b"\xf9\x00", 1920),
        (b"\xfb\x03", 2880),
        (b"\x18", 2880),
        (b"\xe0", 120),
        (b"\xfb", 0),
        (b"", 0),
        (b"\x1b\x3f", 0),
        (b"\xfb\x00", 0),
    ],
)
def test_an_opus_packet_says_how_long_it_is(payload: bytes, samples: int) -> None:
    """RFC 6716 3.1; more than 120 ms or no frames at all is malformed."""
    assert opus_duration_samples(payload) == samples
