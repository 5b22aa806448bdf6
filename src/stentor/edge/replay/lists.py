"""Replay playlists: a finished record as VOD, one that still grows as EVENT. Pure text from numbers.

Comes in: how many chunks there are and where they are kept. Goes out: playlists in which record time is the
player's own time: they begin with the first segment that was on the air. Never: a segment that is not whole,
but for the last of a finished record.

Source: RFC 8216, 4.3; Apple's authoring specification.
"""

from collections.abc import Callable, Iterator
from typing import Final

from stentor.edge.hls import TARGET_S, date_tag
from stentor.limits import CHUNK_MS, CHUNKS_PER_SEGMENT, SEGMENT_MS
from stentor.space.timeline import RECORD_FIRST, Timeline, first_of_segment, segment_of

FIRST_SEGMENT: Final = segment_of(RECORD_FIRST)
assert first_of_segment(FIRST_SEGMENT) == RECORD_FIRST, "record time begins with a segment"

_HEAD: Final = ("#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{TARGET_S}")
_INIT: Final = '#EXT-X-MAP:URI="../hls/init.mp4"'

Written = Callable[[], str]
Growing = Callable[[Timeline, int], str]
"""`growing` or `growing_captions`."""


def finished(*, on_air_ms: int, chunks: int, edition: int) -> str:
    """The VOD list of a sealed record.

    Args:
        on_air_ms: wall time of record time 0. It stands once: nothing slides, and the list of three hours
            packs to 5 kB (measured).
        edition: stands in every segment's name, so that what was removed is in no cache under a living name.
    """
    end = RECORD_FIRST + chunks
    body = _segments(f"e{edition}/seg/{{}}.m4s", end=end, is_last_cut=True)
    return _text("VOD", on_air_ms, body, init=_INIT, is_ended=True)


def growing(timeline: Timeline, head: int) -> str:
    """The EVENT list of a Space on the air, from its first second to the newest whole segment."""
    body = _segments("../hls/seg/{}.m4s", end=head + 1, is_last_cut=False)
    return _text("EVENT", timeline.wall_ms_of(RECORD_FIRST), body, init=_INIT, is_ended=False)


def growing_captions(timeline: Timeline, head: int) -> str:
    """The captions beside it."""
    body = _segments("../../hls/captions/{}.vtt", end=head + 1, is_last_cut=False)
    return _text("EVENT", timeline.wall_ms_of(RECORD_FIRST), body, init=None, is_ended=False)


def finished_captions(*, on_air_ms: int, chunks: int, uri: str) -> str:
    """The transcript as captions: one text for the whole record, which is some 100 kB for three hours."""
    duration_ms = chunks * CHUNK_MS
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{max(1, -(-duration_ms // 1000))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-MEDIA-SEQUENCE:{FIRST_SEGMENT}",
        date_tag(on_air_ms),
        f"#EXTINF:{duration_ms / 1000:g},",
        uri,
        "#EXT-X-ENDLIST",
    ]
    return "\n".join(lines) + "\n"


def growing_end(head: int) -> int | None:
    """One past the newest whole segment of a record that grows; None: it has none yet."""
    end = segment_of(head + 1)
    return end if end > FIRST_SEGMENT else None


def segment_chunks(segment: int, *, chunks: int) -> tuple[int, int] | None:
    """The chunks [first, end) of a finished record's segment; None: it has no such segment."""
    first, end = first_of_segment(segment), RECORD_FIRST + chunks
    return (first, min(first + CHUNKS_PER_SEGMENT, end)) if RECORD_FIRST <= first < end else None


def _segments(name: str, *, end: int, is_last_cut: bool) -> Iterator[str]:
    whole = segment_of(end)
    for segment in range(FIRST_SEGMENT, whole):
        yield f"#EXTINF:{SEGMENT_MS / 1000:g},"
        yield name.format(segment)
    rest = end - first_of_segment(whole)
    if is_last_cut and rest > 0:
        yield f"#EXTINF:{rest * CHUNK_MS / 1000:g},"
        yield name.format(whole)


def _text(kind: str, on_air_ms: int, body: Iterator[str], *, init: str | None, is_ended: bool) -> str:
    lines = [
        *_HEAD,
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-MEDIA-SEQUENCE:{FIRST_SEGMENT}",
        # Who asks for a record that still grows wants its beginning; a player would else begin at its end.
        *([] if is_ended else ["#EXT-X-START:TIME-OFFSET=0,PRECISE=YES"]),
        *([init] if init else ()),
        date_tag(on_air_ms),
        *body,
        *(["#EXT-X-ENDLIST"] if is_ended else ()),
    ]
    return "\n".join(lines) + "\n"
