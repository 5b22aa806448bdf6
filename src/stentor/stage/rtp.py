"""RTP: reads what came through SRTP, writes what goes back. Pure.

Comes in: one decrypted datagram. Goes out: its parts, or None for what is not RTP. Never: an exception for
hostile bytes, a look inside the payload beyond Opus's first byte.

Source: RFC 3550 (header), RFC 8285 (one-byte extensions), RFC 6464 (audio level), RFC 6716 3.1 (Opus).
"""

import struct
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct("!BBHII")
_VERSION: Final = 2
_ONE_BYTE_PROFILE: Final = 0xBEDE
_RESERVED_ID: Final = 15


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet of a voice.

    Args:
        level_db: loudness as the sender measured it, 0…127 dB *below* full scale; None where it did not say.
    """

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    level_db: int | None = None


def parse_rtp(data: bytes, *, level_id: int | None = None) -> RtpPacket | None:
    """The packet, or None for anything torn, empty or of another version.

    Args:
        level_id: the id that the SDP gave to the audio level, 1…14; None: not negotiated.
    """
    if len(data) < _HEADER.size or data[0] >> 6 != _VERSION:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    start, end, level_db = _HEADER.size + 4 * (first & 0x0F), len(data), None
    if first & 0x10:
        if start + 4 > end:
            return None
        profile, words = struct.unpack_from("!HH", data, start)
        extension_start, start = start + 4, start + 4 + 4 * words
        if start > end:
            return None
        if profile == _ONE_BYTE_PROFILE and level_id is not None:
            level_db = _audio_level(data[extension_start:start], level_id)
    if first & 0x20:
        padding = data[-1]
        if padding == 0:
            return None
        end -= padding
    if start >= end:
        return None
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, data[start:end], level_db)


def rtp_header(*, payload_type: int, sequence: int, timestamp: int, ssrc: int) -> bytes:
    """A plain header of 12 bytes; the payload follows."""
    return _HEADER.pack(0x80, payload_type, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)


def _audio_level(extensions: bytes, level_id: int) -> int | None:
    at = 0
    while at < len(extensions):
        head = extensions[at]
        if head == 0:
            at += 1  # padding between elements
            continue
        element_id, size = head >> 4, (head & 0x0F) + 1
        if element_id == _RESERVED_ID or at + 1 + size > len(extensions):
            return None
        if element_id == level_id:
            return extensions[at + 1] & 0x7F
        at += 1 + size
    return None
