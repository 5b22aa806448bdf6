"""CMAF boxes: the init segment and one `moof`+`mdat` per chunk, written and read.

Comes in: encoder packets. Goes out: bytes that MediaSource, HLS players and FFmpeg take. Our own writer,
because FFmpeg's muxer cannot flush one fragment on demand (docs/decisions/0003); 50 µs a chunk.
Never: an edit list, a `tfdt` that is not 30 720·n, a sample of another duration.

Source: ISO/IEC 14496-12 (boxes), 23000-19 (CMAF), 14496-14 (`esds`), Opus in ISOBMFF 0.8.1 (`dOps`).
"""

import struct
from collections.abc import Iterator, Sequence
from functools import cache

from stentor.errors import BadInput
from stentor.limits import CHUNK_SAMPLES, SAMPLE_RATE_HZ
from stentor.space.rung import Codec
from stentor.space.timeline import first_sample_of

OPUS_PRE_SKIP_SAMPLES = 312
"""libopus's look-ahead at 48 kHz; a test compares it with the encoder's own answer."""
AAC_CONFIG = bytes.fromhex("118856e500")
"""AudioSpecificConfig of FFmpeg's `aac` at 48 kHz mono: AAC-LC, no SBR. A test compares it too."""
_AAC_SILENCE = bytes.fromhex("01182007")
_OPUS_SILENCE = bytes.fromhex("f8fffe")
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TRACK_ID = 1
_ALL_SYNC = 0x0200_0000


@cache
def init_segment(codec: Codec) -> bytes:
    """`ftyp`+`moov` for a codec. The same bytes for every rung, Space and restart, so that a change of
    rung or of encoder is invisible to a player."""
    stbl = _box(
        b"stbl",
        _full(b"stsd", 0, 0, struct.pack(">I", 1), _sample_entry(codec)),
        _full(b"stts", 0, 0, bytes(4)),
        _full(b"stsc", 0, 0, bytes(4)),
        _full(b"stsz", 0, 0, bytes(8)),
        _full(b"stco", 0, 0, bytes(4)),
    )
    dinf = _box(b"dinf", _full(b"dref", 0, 0, struct.pack(">I", 1), _full(b"url ", 0, 1)))
    minf = _box(b"minf", _full(b"smhd", 0, 0, bytes(4)), dinf, stbl)
    mdhd = _full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, SAMPLE_RATE_HZ, 0, 0x55C4, 0))
    hdlr = _full(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, b"soun"), b"sound\0")
    tkhd = _full(
        b"tkhd", 0, 7, struct.pack(">IIIII8xhhhH", 0, 0, _TRACK_ID, 0, 0, 0, 0, 0x100, 0), _MATRIX, bytes(8)
    )
    trak = _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, minf))
    mvhd_head = struct.pack(">IIIIIH10x", 0, 0, SAMPLE_RATE_HZ, 0, 0x10000, 0x100)
    mvhd = _full(b"mvhd", 0, 0, mvhd_head, _MATRIX, bytes(24), struct.pack(">I", 2))
    mvex = _box(b"mvex", _full(b"trex", 0, 0, struct.pack(">IIIII", _TRACK_ID, 1, 0, 0, 0)))
    brands = b"iso6cmfcmp41"
    return _box(b"ftyp", brands[:4], bytes(4), brands) + _box(b"moov", mvhd, trak, mvex)


def chunk(number: int, codec: Codec, packets: Sequence[bytes]) -> bytes:
    """One CMAF chunk: `moof`+`mdat`, all samples sync, constant duration.

    Args:
        packets: one chunk's worth of encoder packets, 30 (AAC) or 32 (Opus).
    """
    assert len(packets) == codec.frames_per_chunk, f"a {codec} chunk of {len(packets)} packets"
    sizes = struct.pack(f">{len(packets)}I", *map(len, packets))
    tfhd_flags = 0x020000 | 0x08 | 0x20  # default-base-is-moof, default duration, default flags
    tfhd = _full(b"tfhd", 0, tfhd_flags, struct.pack(">III", _TRACK_ID, codec.frame_samples, _ALL_SYNC))
    tfdt = _full(b"tfdt", 1, 0, struct.pack(">Q", first_sample_of(number)))
    trun_size = 12 + 8 + len(sizes)
    moof_size = 8 + 16 + 8 + len(tfhd) + len(tfdt) + trun_size
    trun = _full(b"trun", 0, 0x000201, struct.pack(">Ii", len(packets), moof_size + 8), sizes)
    mfhd = _full(b"mfhd", 0, 0, struct.pack(">I", (number + 1) & 0xFFFFFFFF))
    moof = _box(b"moof", mfhd, _box(b"traf", tfhd, tfdt, trun))
    assert len(moof) == moof_size
    return moof + _box(b"mdat", *packets)


def silence(number: int, codec: Codec) -> bytes:
    """A chunk of digital silence: the filling of a hole, the runway before the start, a pause."""
    frame = _OPUS_SILENCE if codec is Codec.OPUS else _AAC_SILENCE
    return chunk(number, codec, [frame] * codec.frames_per_chunk)


def chunk_number(data: bytes) -> int:
    """The number of a CMAF chunk, from its `tfdt`. Raises: BadInput: not one of our chunks."""
    samples = _decode_time(data)
    number, rest = divmod(samples, CHUNK_SAMPLES)
    if rest:
        raise BadInput(
            f"A chunk's decode time is {samples} samples, which is off the grid of {CHUNK_SAMPLES}."
        )
    return number


def moved(data: bytes, number: int) -> bytes:
    """The same chunk under another number: for a file that begins at 0 whatever it was cut from.

    Raises: BadInput: not one of our chunks. Bounds: 8 µs; the size stays.
    """
    copy = bytearray(data)
    try:
        moof = _find(memoryview(copy), b"moof")
        tfdt = _find(_find(moof, b"traf"), b"tfdt")
        struct.pack_into(">I", _find(moof, b"mfhd"), 4, (number + 1) & 0xFFFFFFFF)
        struct.pack_into(">Q" if tfdt[0] else ">I", tfdt, 4, first_sample_of(number))
    except (struct.error, KeyError, IndexError) as error:
        raise BadInput(f"These {len(data)} bytes are not a CMAF chunk: {error}.") from None
    return bytes(copy)


def packets_of(data: bytes) -> list[bytes]:
    """The encoder packets of a CMAF chunk. Raises: BadInput: torn or not one of our chunks."""
    try:
        moof = _find(data, b"moof")
        traf = _find(moof, b"traf")
        trun = _find(traf, b"trun")
        count = struct.unpack_from(">I", trun, 4)[0]
        sizes = struct.unpack_from(f">{count}I", trun, 12)
        mdat = _find(data, b"mdat")
    except (struct.error, KeyError) as error:
        raise BadInput(f"These {len(data)} bytes are not a CMAF chunk: {error}.") from None
    if sum(sizes) != len(mdat):
        raise BadInput(f"A chunk's samples have {sum(sizes)} bytes, its mdat {len(mdat)}.")
    packets, at = [], 0
    for size in sizes:
        packets.append(bytes(mdat[at : at + size]))
        at += size
    return packets


def boxes(data: bytes | memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The boxes at this level as (type, payload). Raises: BadInput: a size that leaves the data."""
    view, at = memoryview(data), 0
    while at < len(view):
        if at + 8 > len(view):
            raise BadInput(f"{len(view) - at} bytes are left after the last box.")
        size, kind = struct.unpack_from(">I4s", view, at)
        if size < 8 or at + size > len(view):
            raise BadInput(f"The box {kind!r} says {size} bytes, {len(view) - at} are there.")
        yield kind, view[at + 8 : at + size]
        at += size


def _decode_time(data: bytes) -> int:
    try:
        tfdt = _find(_find(_find(data, b"moof"), b"traf"), b"tfdt")
        samples: int = struct.unpack_from(">Q" if tfdt[0] else ">I", tfdt, 4)[0]
    except (struct.error, KeyError, IndexError) as error:
        raise BadInput(f"These {len(data)} bytes are not a CMAF chunk: {error}.") from None
    return samples


def _find(data: bytes | memoryview, kind: bytes) -> memoryview:
    for found, payload in boxes(data):
        if found == kind:
            return payload
    raise KeyError(f"no {kind.decode('latin-1')} box")


def _sample_entry(codec: Codec) -> bytes:
    head = bytes(6) + struct.pack(">H8xHHHHI", 1, 1, 16, 0, 0, SAMPLE_RATE_HZ << 16)
    if codec is Codec.OPUS:
        dops = struct.pack(">BBHIhB", 0, 1, OPUS_PRE_SKIP_SAMPLES, SAMPLE_RATE_HZ, 0, 0)
        return _box(b"Opus", head, _box(b"dOps", dops))
    # Bit rates are 0 (unknown): a figure here would differ between the rungs.
    config = _descriptor(4, struct.pack(">BBHBII", 0x40, 0x15, 0, 0, 0, 0) + _descriptor(5, AAC_CONFIG))
    es = _descriptor(3, struct.pack(">HB", _TRACK_ID, 0) + config + _descriptor(6, b"\x02"))
    return _box(b"mp4a", head, _full(b"esds", 0, 0, es))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _descriptor(tag: int, body: bytes) -> bytes:
    assert len(body) < 128
    return bytes([tag, 0x80, 0x80, 0x80, len(body)]) + body
