"""Ogg Opus: packets as they came, in a file that any player takes. Pure.

Comes in: Opus packets. Goes out: pages. Never: a decoder; a packet longer than a page.

Source: RFC 3533 (pages), RFC 7845 (Opus in Ogg).
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from stentor.errors import BadInput
from stentor.formats.opus_packet import SILENCE, opus_duration_samples
from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ

_PAGE_SAMPLES: Final = SAMPLE_RATE_HZ
"""A second: what a player reads before it can seek to it."""
_LACINGS_MAX: Final = 255
_LACING_BYTES: Final = 255
_PAGE = struct.Struct("<4sBBqIIIB")
_FIRST, _LAST = 2, 4
_CRC_AT: Final = 22
_HEADS: Final = (b"OpusHead", b"OpusTags")
_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_LATE_SAMPLES_MAX: Final = 6 * OPUS_FRAME_SAMPLES
"""What stands so far behind its place has no place: two lives of one connection overlapped."""


def in_place(packets: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The packets with silence in front of each whose place has not come yet.

    Args:
        packets: (samples from the start of the file, packet), ascending.

    The error of a place is below 20 ms and does not grow: each is compared with the start, not with the one
    before.
    """
    at = 0
    for place, packet in packets:
        for _ in range((place - at) // OPUS_FRAME_SAMPLES):
            yield SILENCE
            at += OPUS_FRAME_SAMPLES
        duration = opus_duration_samples(packet)
        if duration and at - place < _LATE_SAMPLES_MAX:
            yield packet
            at += duration


def ogg_opus(packets: Iterable[bytes], *, channels: int, tags: Sequence[str] = ()) -> Iterator[bytes]:
    """The pages of a file, the two headers first.

    Args:
        channels: 1 or 2, what the player gives out.
        tags: `TITLE=…`, `ARTIST=…`.

    The pre-skip is 0: the first sample of the file is that of the record, with the encoder's look-ahead.
    """
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, 0, SAMPLE_RATE_HZ, 0, 0)
    texts = [tag.encode() for tag in ("stentor", *tags)]
    comment = b"OpusTags" + struct.pack("<I", len(texts[0])) + texts[0] + struct.pack("<I", len(texts) - 1)
    comment += b"".join(struct.pack("<I", len(text)) + text for text in texts[1:])
    yield _page([head], granule=0, number=0, flags=_FIRST)
    yield _page([comment], granule=0, number=1, flags=0)
    waiting: list[bytes] = []
    lacings, begun, samples, number = 0, 0, 0, 2
    for packet in packets:
        needed = len(packet) // _LACING_BYTES + 1
        if needed > _LACINGS_MAX:
            raise BadInput(f"An Opus packet of {len(packet)} bytes does not fit on a page.")
        if waiting and (lacings + needed > _LACINGS_MAX or samples - begun >= _PAGE_SAMPLES):
            yield _page(waiting, granule=samples, number=number, flags=0)
            waiting, lacings, begun, number = [], 0, samples, number + 1
        waiting.append(packet)
        lacings += needed
        samples += opus_duration_samples(packet)
    yield _page(waiting, granule=samples, number=number, flags=_LAST)


def packets_of_ogg(file: BinaryIO) -> Iterator[bytes]:
    """The Opus packets of a file that `ogg_opus` has made. Raises: BadInput: it is none. Bounds: one page."""
    number = 0
    while head := file.read(_PAGE.size):
        if len(head) < _PAGE.size or not head.startswith(b"OggS"):
            raise BadInput(f"An Ogg file is torn at its page {number}.")
        lacings = file.read(head[-1])
        body = file.read(sum(lacings))
        if len(lacings) < head[-1] or len(body) < sum(lacings):
            raise BadInput(f"An Ogg file is torn at its page {number}.")
        at, size = 0, 0
        for lacing in lacings:
            size += lacing
            if lacing < _LACING_BYTES:
                if number >= len(_HEADS):
                    yield body[at : at + size]
                elif not body.startswith(_HEADS[number]):
                    raise BadInput("This Ogg file holds no Opus.")
                at, size = at + size, 0
        number += 1
    if number < len(_HEADS):
        raise BadInput("This Ogg file holds no Opus.")


def _page(packets: Sequence[bytes], *, granule: int, number: int, flags: int) -> bytes:
    lacings = b"".join(
        bytes([_LACING_BYTES]) * (len(packet) // _LACING_BYTES) + bytes([len(packet) % _LACING_BYTES])
        for packet in packets
    )
    head = _PAGE.pack(b"OggS", 0, flags, granule, 1, number, 0, len(lacings))
    page = bytearray(head + lacings + b"".join(packets))
    struct.pack_into("<I", page, _CRC_AT, _crc(page))
    return bytes(page)


def _crc(page: bytearray) -> int:
    """Ogg's CRC-32 runs the other way round than zlib's: its mirror image is zlib's of mirrored bytes.

    A loop over the bytes in Python would take a second for each hour of a voice.
    """
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{mirrored:032b}"[::-1], 2)
