"""Ticks inside the media: an `emsg` box that carries an ID3 tag, in front of its chunk.

hls.js and AVPlayer surface this scheme as timed metadata, FFmpeg skips it without a warning (measured).
Source: AOM «Carriage of ID3 Timed Metadata in CMAF», ID3v2.4 section 4.2.6 (`TXXX`).
"""

import struct

from stentor.errors import BadInput
from stentor.formats.cmaf import boxes
from stentor.limits import SAMPLE_RATE_HZ
from stentor.space.timeline import first_sample_of

SCHEME = b"https://aomedia.org/emsg/ID3"
_DESCRIPTION = b"tick"
_UTF8 = b"\x03"
_DURATION_UNKNOWN = 0xFFFFFFFF


def tick_box(number: int, tick: bytes) -> bytes:
    """The `emsg` of a chunk.

    Args:
        tick: its JSON, UTF-8.
    """
    text = _UTF8 + _DESCRIPTION + b"\0" + tick
    frame = b"TXXX" + _synchsafe(len(text)) + bytes(2) + text
    id3 = b"ID3\x04\x00\x00" + _synchsafe(len(frame)) + frame
    times = struct.pack(
        ">IQII", SAMPLE_RATE_HZ, first_sample_of(number), _DURATION_UNKNOWN, number & 0xFFFFFFFF
    )
    body = struct.pack(">I", 1 << 24) + times + SCHEME + b"\0" + b"\0" + id3
    return struct.pack(">I4s", 8 + len(body), b"emsg") + body


def ticks_of(data: bytes) -> list[bytes]:
    """The JSON of every tick among these boxes. Raises: BadInput: boxes that are torn."""
    found = []
    for kind, payload in boxes(data):
        if kind != b"emsg":
            continue
        body = bytes(payload)
        head = SCHEME + b"\0" + b"\0" + b"ID3\x04\x00\x00"
        at = body.find(head)
        mark = body.find(_DESCRIPTION + b"\0", at + len(head))
        if at < 0 or mark < 0:
            raise BadInput("An emsg box carries no tick.")
        found.append(body[mark + len(_DESCRIPTION) + 1 :])
    return found


def _synchsafe(size: int) -> bytes:
    return bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127))
