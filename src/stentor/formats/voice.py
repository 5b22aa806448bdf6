"""A logged voice: the Opus packets of one person and one chunk, as they came, each with its place.

docs/PROTOCOL.md section 1 is the contract.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from stentor.errors import BadInput
from stentor.limits import CHUNK_SAMPLES

_MAGIC = b"SV1\0"
_ENTRY = struct.Struct("<HH")


@dataclass(frozen=True, slots=True)
class VoicePacket:
    """One Opus packet.

    Args:
        offset_samples: where its first sample stands in the chunk, 0…30 719.
    """

    offset_samples: int
    payload: bytes


def voice_bytes(packets: Sequence[VoicePacket]) -> bytes:
    """Packets in order of their offsets, as one message."""
    parts = [_MAGIC]
    for packet in packets:
        assert 0 <= packet.offset_samples < CHUNK_SAMPLES
        parts += (_ENTRY.pack(packet.offset_samples, len(packet.payload)), packet.payload)
    return b"".join(parts)


def voice_packets(data: bytes) -> list[VoicePacket]:
    """Raises: BadInput: torn, or not a voice."""
    if data[:4] != _MAGIC:
        raise BadInput("A logged voice does not start with its magic bytes.")
    packets, at = [], len(_MAGIC)
    while at < len(data):
        if at + _ENTRY.size > len(data):
            raise BadInput(f"A logged voice is torn at byte {at}.")
        offset_samples, size = _ENTRY.unpack_from(data, at)
        at += _ENTRY.size
        if at + size > len(data) or offset_samples >= CHUNK_SAMPLES:
            raise BadInput(f"A logged voice is torn at byte {at}.")
        packets.append(VoicePacket(offset_samples, data[at : at + size]))
        at += size
    return packets
