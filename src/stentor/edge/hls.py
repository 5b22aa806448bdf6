"""HLS playlists: text from numbers, and the rules for who may ask for what.

Comes in: where the programme begins, its head, whether it has ended. Goes out: the playlist, or what a
request has to wait for. Never: a clock, a byte of media, a figure that is measured from the media: every
part has the same duration for ever, so the commonest fatal LL-HLS faults cannot happen.

Source: draft-pantos-hls-rfc8216bis, sections 4.4 and 6.2; Apple's authoring specification for the figures.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from stentor.errors import BadInput, OutOfRange
from stentor.limits import CHUNK_MS, CHUNKS_PER_SEGMENT, SEGMENT_MS
from stentor.space.rung import BEST_RUNG, Codec, Rung
from stentor.space.timeline import Timeline, first_of_segment, part_of, segment_of

_AAC_LC: Final = "mp4a.40.2"
TARGET_S: Final = math.ceil(SEGMENT_MS / 1000)
PART_TARGET: Final = f"{CHUNK_MS / 1000:g}"
PART_HOLD_BACK: Final = f"{3 * CHUNK_MS / 1000:g}"
SKIP_UNTIL_S: Final = 6 * TARGET_S
PARTS_LISTED_MS: Final = 3 * TARGET_S * 1000
"""Parts of segments that reach into the last three target durations are listed, older ones are not."""
PLAYLIST_SEGMENTS: Final = 12
"""69 s: twice the skip boundary, so that a delta update saves something."""
KEPT_CHUNKS_MIN: Final = (2 * PLAYLIST_SEGMENTS + 1) * CHUNKS_PER_SEGMENT
"""A segment stays for its own duration and the playlist's after it has left the list (RFC 8216, 6.2.2)."""
ADVANCE_PARTS_MAX: Final = math.ceil(3000 / CHUNK_MS)
"""The advance part limit of 6.2.5.2: for parts shorter than 1 s, three seconds of them."""
HOLD_S: Final = 3.0 * TARGET_S
"""No request is held for longer: blocking reload's limit in 6.2.5.2."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a rendition's objects are called, seen from its playlist.

    Args:
        init: what a player needs before the first of them; None: nothing.
        other: the playlist of the other rendition, which a player may switch on (4.4.5.4).
    """

    part: str
    segment: str
    init: str | None
    other: str


SOUND: Final = Naming("part/{}.m4s", "seg/{}.m4s", "init.mp4", "captions.m3u8")
LOW: Final = Naming("", "low/seg/{}.m4s", "init.mp4", "")
"""The low rung in segments alone, for those who wait."""
CAPTIONS: Final = Naming("captions/part/{}.vtt", "captions/{}.vtt", None, "index.m3u8")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a playlist is a function of. The same on every edge that heard the same.

    Args:
        first: the oldest chunk that can be asked for.
        head: the newest chunk.
    """

    timeline: Timeline
    first: int
    head: int
    is_ended: bool = False
    naming: Naming = SOUND

    @property
    def first_segment(self) -> int:
        oldest_whole = -(-self.first // CHUNKS_PER_SEGMENT)
        return max(oldest_whole, segment_of(self.head + 1) - PLAYLIST_SEGMENTS)

    @property
    def end_segment(self) -> int:
        """One past the last complete segment; after the end the rest is a segment too."""
        whole = segment_of(self.head + 1)
        return whole + 1 if self.is_ended and self.head >= first_of_segment(whole) else whole


@dataclass(frozen=True, slots=True)
class Reload:
    """What a playlist request asks for.

    Args:
        until: the chunk whose presence the answer must show; None: answer at once.
        is_delta: segments older than the skip boundary may be left out.
        is_directed: `_HLS_msn` was given: the URL names one moment, caches may keep the answer.
    """

    until: int | None = None
    is_delta: bool = False
    is_directed: bool = False


def low_latency(listing: Listing, *, is_delta: bool = False) -> str:
    """The LL-HLS media playlist."""
    skipped = _skippable(listing) if is_delta else 0
    first = listing.first_segment
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{TARGET_S}",
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={PART_HOLD_BACK},"
        f"CAN-SKIP-UNTIL={SKIP_UNTIL_S},HOLD-BACK={3 * TARGET_S}",
        f"#EXT-X-PART-INF:PART-TARGET={PART_TARGET}",
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
    ]
    if skipped:
        # EXT-X-MAP is a tag of the segments that a delta update skips, so it is skipped with them.
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    elif listing.naming.init is not None:
        lines.append(f'#EXT-X-MAP:URI="{listing.naming.init}"')
    parts_from_ms = (listing.head + 1) * CHUNK_MS - PARTS_LISTED_MS
    for segment in range(first + skipped, listing.end_segment):
        has_parts = (segment + 1) * SEGMENT_MS > parts_from_ms
        lines += _segment(listing, segment, has_parts=has_parts)
    if listing.is_ended:
        return _text([*lines, "#EXT-X-ENDLIST"])
    growing = first_of_segment(listing.end_segment)
    if listing.head >= growing:
        lines.append(_date(listing, listing.end_segment))
        lines += (_part(listing, number) for number in range(growing, listing.head + 1))
    hinted = listing.naming.part.format(listing.head + 1)
    lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hinted}"')
    lines.append(_report(listing))
    return _text(lines)


def multivariant(captions: Iterable[tuple[str, str]], *, sound: str = "index.m3u8") -> str:
    """What is in the lists, before one is loaded: for players that otherwise guess «video» by the names.

    shaka-player 5.2 guesses anew at each reload and loses its init segment; with this list it plays 1.2 s
    behind the stage (tests/players).

    Args:
        captions: language (BCP 47) and playlist of each; the first is what was spoken. Nobody gets them
            without wanting them; a player whose owner always wants captions finds them by their language.
        sound: the playlist of what is heard.
    """
    rung = BEST_RUNG[Codec.AAC]
    renditions = [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="{language}",LANGUAGE="{language}",'
        f'DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="{uri}"'
        for language, uri in captions
    ]
    group = ',SUBTITLES="captions"' if renditions else ""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        *renditions,
        f'#EXT-X-STREAM-INF:BANDWIDTH={_peak_bps(rung)},CODECS="{_AAC_LC}"{group}',
        sound,
    ]
    return _text(lines)


def plain(listing: Listing) -> str:
    """The same segments for players and caches that know no parts."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{TARGET_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{listing.first_segment}",
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for segment in range(listing.first_segment, listing.end_segment):
        lines += _segment(listing, segment, has_parts=False)
    return _text([*lines, "#EXT-X-ENDLIST"] if listing.is_ended else lines)


def reload_of(query: dict[str, str], listing: Listing) -> Reload:
    """What the directives of a playlist request mean.

    Raises: BadInput: `_HLS_part` without `_HLS_msn`, or a value that is none.
        OutOfRange: further ahead than a client that follows the playlist can ask.
    """
    is_delta = _is_delta(query.get("_HLS_skip"))
    msn = _number("_HLS_msn", query.get("_HLS_msn"))
    part = _number("_HLS_part", query.get("_HLS_part"))
    if msn is None:
        if part is not None:
            raise BadInput("_HLS_part is given without _HLS_msn. Give both, or _HLS_msn alone.")
        return Reload(is_delta=is_delta)
    last_msn = segment_of(listing.head)
    if listing.is_ended:
        return Reload(is_delta=is_delta, is_directed=True)
    if msn > last_msn + 2:
        raise OutOfRange("_HLS_msn", msn, lowest=0, highest=last_msn + 2)
    if part is None:
        return Reload(first_of_segment(msn + 1) - 1, is_delta, is_directed=True)
    # A part beyond a segment's last is the next segment's first (6.2.5.2).
    until = first_of_segment(msn) + part if part < CHUNKS_PER_SEGMENT else first_of_segment(msn + 1)
    if until > listing.head + ADVANCE_PARTS_MAX:
        raise OutOfRange("_HLS_part", part, lowest=0, highest=f"{ADVANCE_PARTS_MAX} parts after the last one")
    return Reload(until, is_delta, is_directed=True)


def part_wait(number: int, *, head: int) -> int | None:
    """The chunk to wait for before a part can be sent; None: too far ahead to be held."""
    return number if number <= head + CHUNKS_PER_SEGMENT else None


def segment_wait(segment: int, *, head: int) -> int | None:
    """The same for a segment: held while it grows, and one segment ahead."""
    return first_of_segment(segment + 1) - 1 if segment <= segment_of(head) + 1 else None


def _peak_bps(rung: Rung) -> int:
    """The encoder keeps its rate over seconds; half as much again covers boxes, ticks and its swings."""
    return rung.bitrate_bps * 3 // 2


def _segment(listing: Listing, segment: int, *, has_parts: bool) -> Iterator[str]:
    start = first_of_segment(segment)
    stop = min(start + CHUNKS_PER_SEGMENT, listing.head + 1)
    yield _date(listing, segment)
    if has_parts:
        yield from (_part(listing, number) for number in range(start, stop))
    yield f"#EXTINF:{(stop - start) * CHUNK_MS / 1000:g},"
    yield listing.naming.segment.format(segment)


def _part(listing: Listing, number: int) -> str:
    uri = listing.naming.part.format(number)
    return f'#EXT-X-PART:DURATION={PART_TARGET},URI="{uri}",INDEPENDENT=YES'


def _report(listing: Listing) -> str:
    """Where the other rendition is: both grow with the same chunks (appendix B.1 asks for it)."""
    last = f"LAST-MSN={segment_of(listing.head)},LAST-PART={part_of(listing.head)}"
    return f'#EXT-X-RENDITION-REPORT:URI="{listing.naming.other}",{last}'


def _date(listing: Listing, segment: int) -> str:
    """On every segment: a lone tag that moves as the window slides is out of spec."""
    return date_tag(listing.timeline.wall_ms_of(first_of_segment(segment)))


def date_tag(wall_ms: int) -> str:
    """When the next segment's first sample was spoken."""
    moment = datetime.fromtimestamp(wall_ms // 1000, UTC)
    return f"#EXT-X-PROGRAM-DATE-TIME:{moment:%Y-%m-%dT%H:%M:%S}.{wall_ms % 1000:03}Z"


def _skippable(listing: Listing) -> int:
    """Complete segments that lie wholly before the skip boundary, counted from the playlist's very end."""
    boundary_ms = (listing.head + 1) * CHUNK_MS - SKIP_UNTIL_S * 1000
    return max(0, boundary_ms // SEGMENT_MS - listing.first_segment)


def _is_delta(skip: str | None) -> bool:
    if skip not in {None, "YES", "v2"}:
        raise BadInput(f"_HLS_skip is {str(skip)[:20]!r}; it must be YES or v2.")
    return skip is not None


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):  # noqa: PLR2004  # 10^12 parts: 20,000 years
        raise BadInput(f"{name} is {text[:20]!r}; it must be a whole number.")
    return int(text)


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
