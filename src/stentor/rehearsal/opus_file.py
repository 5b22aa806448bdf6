"""Opus packets out of an Ogg file, as they are. The one file of the rehearsal that reads audio files.

Comes in: a path. Goes out: packets of 20 ms and which of them is spoken at a moment. Never: a decoder, so a
voice costs almost nothing and what is sent is known to the byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from stentor.errors import BadInput
from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ

PACKET_MS = 1000 * OPUS_FRAME_SAMPLES // SAMPLE_RATE_HZ
_PACKETS_MAX = 2 * 3_600_000 // PACKET_MS
_SILENCE = b"\xf8\xff\xfe"
_TIME_BASE = Fraction(1, SAMPLE_RATE_HZ)


@dataclass(frozen=True, slots=True)
class Speech:
    """What a voice says, over and over.

    Args:
        packets: Opus, 20 ms each.
        loop_packets: after so many it begins again; longer than `packets` when others speak longer, so
            that several voices of one conversation stay in step.
    """

    packets: tuple[bytes, ...]
    loop_packets: int

    def at(self, slot: int) -> bytes:
        """The packet of 20 ms slot `slot`, counted from the start that all voices share."""
        index = slot % self.loop_packets
        return self.packets[index] if index < len(self.packets) else _SILENCE


def speech_of(path: Path) -> Speech:
    """Reads a file. Raises: BadInput: no Opus, or packets of another duration. Bounds: two hours of audio."""
    try:
        with av.open(str(path), mode="r") as container:
            stream = next(
                (s for s in container.streams.audio if s.codec_context.name in {"opus", "libopus"}), None
            )
            if stream is None:
                raise BadInput(
                    f"{path.name} has no Opus audio. Make it with: ffmpeg -i … -c:a libopus x.opus"
                )
            packets: list[bytes] = []
            for packet in container.demux(stream):
                if packet.size and packet.duration == OPUS_FRAME_SAMPLES:
                    packets.append(bytes(packet))
                elif packet.size and packet.duration and packet.duration > OPUS_FRAME_SAMPLES:
                    raise BadInput(f"{path.name} has packets of {packet.duration} samples; 20 ms are needed.")
                # A shorter one is the file's last, which Ogg trims to the end of the audio.
                if len(packets) > _PACKETS_MAX:
                    raise BadInput(f"{path.name} is longer than two hours.")
    except (OSError, av.FFmpegError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}") from None
    if not packets:
        raise BadInput(f"{path.name} holds no packet of 20 ms.")
    return Speech(tuple(packets), len(packets))


def in_step(speeches: Sequence[Speech]) -> list[Speech]:
    """The same speeches with one common loop."""
    longest = max(speech.loop_packets for speech in speeches)
    return [Speech(speech.packets, longest) for speech in speeches]


def timed(payload: bytes, *, slot: int) -> "av.Packet[Any]":
    """A packet as aiortc sends it without touching its bytes."""
    packet = av.Packet(payload)
    packet.pts = slot * OPUS_FRAME_SAMPLES
    packet.time_base = _TIME_BASE
    return packet
