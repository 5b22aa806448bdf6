"""Live captions as WebVTT: what stood in the ticks, one text per segment or part. Pure.

Comes in: the ticks of one segment, as they were written. Goes out: cues in media time, the same from every
edge, because nothing else is asked. Never: a line that was not in a tick; a guess of who speaks.

Source: W3C WebVTT; RFC 8216, 3.5 (WebVTT segments, X-TIMESTAMP-MAP).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

from stentor.errors import BadInput
from stentor.limits import CHUNK_MS
from stentor.space.tick import decoded, merged

MIME: Final = "text/vtt; charset=utf-8"
_LINES_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Cue:
    """A line on the screen.

    Args:
        start_ms, end_ms: media time: milliseconds since the epoch's first sample, as in `tfdt`.
        id: the caption's own, so that a line which goes on over a segment's border is seen to be one.
    """

    start_ms: int
    end_ms: int
    id: str
    name: str
    text: str


def cues_of(ticks: Sequence[bytes | None], *, first: int, shown_from: int) -> list[Cue]:
    """The cues of the chunks from `shown_from` on.

    Args:
        ticks: of consecutive chunks from a segment's first on, whose tick says everything; None: lost.
        first: the number of the first of them.
        shown_from: the first chunk whose captions are wanted; for a whole segment it is `first`.
    """
    known: dict[str, Any] = {}
    open_cues: dict[str, Cue] = {}
    done: list[Cue] = []
    for number, tick in enumerate(ticks, first):
        known = _after(known, tick)
        if number < shown_from:
            continue
        start_ms, end_ms = number * CHUNK_MS, (number + 1) * CHUNK_MS
        now: dict[str, Cue] = {}
        for line in _lines(known):
            before = open_cues.pop(line.id, None)
            if before is not None and (before.name, before.text) == (line.name, line.text):
                now[line.id] = replace(before, end_ms=end_ms)
                continue
            if before is not None:
                done.append(before)
            now[line.id] = replace(line, start_ms=start_ms, end_ms=end_ms)
        done += open_cues.values()
        open_cues = now
    return sorted([*done, *open_cues.values()], key=lambda cue: (cue.start_ms, cue.end_ms))


def webvtt(cues: Iterable[Cue]) -> str:
    """A WebVTT segment of HLS; without cues it is a head, which is how silence is written."""
    # Media time 0 is 0 of every player's clock: `tfdt` counts from the epoch, and so do the cues.
    lines = ["WEBVTT", "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0", ""]
    for cue in cues:
        lines += [f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}", _payload(cue), ""]
    return "\n".join(lines) + "\n"


def mapped(vtt: bytes, *, media_ms: int) -> bytes:
    """A whole WebVTT file as an HLS segment: its 0 is at `media_ms` of the media.

    Raises: BadInput: it does not begin with WEBVTT.
    """
    head, line_feed, rest = vtt.partition(b"\n")
    if not head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT") or not line_feed:
        raise BadInput("This is no WebVTT file.")
    mpegts = media_ms * 90 % (1 << 33)
    return b"%s\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:%d\n%s" % (head.rstrip(), mpegts, rest)


def timestamp(ms: int) -> str:
    """`hh:mm:ss.ttt`; hours may have more digits."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _after(known: dict[str, Any], tick: bytes | None) -> dict[str, Any]:
    if tick is None:
        return known
    try:
        return merged(known, decoded(tick))
    except BadInput:  # what cannot be read was lost
        return known


def _lines(known: Mapping[str, Any]) -> Iterable[Cue]:
    names = {person["id"]: person["name"] for person in known.get("people", ())}
    for line in known.get("captions", ())[-_LINES_MAX:]:
        text = " ".join(line["text"].split())
        if text:
            yield Cue(0, 0, line["id"], names.get(line["person"], ""), text)


def _payload(cue: Cue) -> str:
    text = escape(cue.text, quote=False)
    # A voice's annotation ends with «>» and has no line breaks; character references are read in it.
    name = escape(" ".join(cue.name.split()), quote=False)
    return f"<v {name}>{text}</v>" if name else text
