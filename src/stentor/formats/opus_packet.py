"""An Opus packet from outside: how long it sounds, whether it is stereo. Pure.

Source: RFC 6716, section 3.1 (the TOC byte) and 3.2 (frames per packet).
"""

from typing import Final

_OPUS_FRAME_US: Final = (
    *(10_000, 20_000, 40_000, 60_000) * 3,  # SILK
    *(10_000, 20_000) * 2,  # hybrid
    *(2_500, 5_000, 10_000, 20_000) * 4,  # CELT
)
_OPUS_DURATION_US_MAX: Final = 120_000

SILENCE: Final = b"\xf8\xff\xfe"
"""20 ms of nothing, mono, full band: what an encoder makes of digital silence."""
_STEREO_BIT: Final = 4


def opus_duration_samples(payload: bytes) -> int:
    """How long an Opus packet sounds, at 48 kHz, from its first byte or two; 0 for a malformed one."""
    if not payload:
        return 0
    code = payload[0] & 3
    if code == 0:
        frames = 1
    elif code in {1, 2}:
        frames = 2
    elif len(payload) > 1:
        frames = payload[1] & 0x3F
    else:
        return 0
    duration_us = frames * _OPUS_FRAME_US[payload[0] >> 3]
    return duration_us * 48 // 1000 if duration_us <= _OPUS_DURATION_US_MAX else 0


def is_stereo(payload: bytes) -> bool:
    """Whether it holds two channels."""
    return bool(payload) and bool(payload[0] & _STEREO_BIT)
