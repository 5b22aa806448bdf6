"""ADTS: a self-describing header before each AAC frame, for radios, VLC, mpv and old phones.

Source: ISO/IEC 13818-7, 6.2.
"""

from collections.abc import Iterable

_SAMPLE_RATE_INDEX = 3
"""48 kHz."""
_CHANNELS = 1
_HEADER_BYTES = 7


def adts(packets: Iterable[bytes]) -> bytes:
    """AAC-LC mono frames at 48 kHz, each with its header; may be joined and cut at any frame."""
    return b"".join(_header(len(packet)) + packet for packet in packets)


def _header(payload_bytes: int) -> bytes:
    size = payload_bytes + _HEADER_BYTES
    return bytes(
        (
            0xFF,
            0xF1,  # MPEG-4, no CRC
            1 << 6 | _SAMPLE_RATE_INDEX << 2 | _CHANNELS >> 2,  # profile 1: AAC-LC
            (_CHANNELS & 3) << 6 | size >> 11,
            size >> 3 & 0xFF,
            (size & 7) << 5 | 0x1F,
            0xFC,
        )
    )
