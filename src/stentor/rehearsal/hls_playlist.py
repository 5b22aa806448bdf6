"""A media playlist as a strict reader sees it. Pure.

Comes in: text. Goes out: its tags as data, nothing interpreted, nothing repaired. Never: a guess; what the
text does not say is None. Separate from the edge's writer on purpose: a shared misreading would hide there.

Source: draft-pantos-hls-rfc8216bis, section 4.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from stentor.errors import BadInput

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]+)')


@dataclass(frozen=True, slots=True)
class Part:
    """EXT-X-PART."""

    uri: str
    duration_s: float
    is_independent: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment, or the parts of one that still grows (`uri` is None)."""

    msn: int
    uri: str | None
    duration_s: float | None
    date: datetime | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Playlist:
    """One answer to one request."""

    version: int | None = None
    target_s: int | None = None
    media_sequence: int = 0
    server_control: dict[str, str] = field(default_factory=dict)
    part_target_s: float | None = None
    map_uri: str | None = None
    skipped: int = 0
    segments: tuple[Segment, ...] = ()
    growing: Segment | None = None
    hint_uri: str | None = None
    is_ended: bool = False

    @property
    def next_msn(self) -> int:
        """The number of the segment that is not complete yet."""
        return self.media_sequence + self.skipped + len(self.segments)

    @property
    def next_place(self) -> tuple[int, int]:
        """Segment and part to ask for next."""
        return self.next_msn, len(self.growing.parts) if self.growing else 0

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every listed part, oldest first."""
        listed = [part for segment in self.segments for part in segment.parts]
        return (*listed, *(self.growing.parts if self.growing else ()))


def parsed(text: str) -> Playlist:
    """Raises: BadInput: not a playlist, or a tag that cannot be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "#EXTM3U":
        raise BadInput(
            f"A playlist begins with {lines[0][:40]!r}, not with #EXTM3U." if lines else "It is empty."
        )
    reader = _Reader()
    for line in lines[1:]:
        try:
            reader.read(line)
        except (ValueError, KeyError) as error:
            raise BadInput(f"The line {line[:80]!r} cannot be read: {error}.") from None
    return reader.finished()


class _Reader:
    def __init__(self) -> None:
        self._head = Playlist()
        self._segments: list[Segment] = []
        self._fresh()

    def _fresh(self) -> None:
        self._duration_s: float | None = None
        self._date: datetime | None = None
        self._parts: list[Part] = []

    def read(self, line: str) -> None:
        if not line.startswith("#"):
            self._segments.append(self._segment(uri=line))
            self._fresh()
            return
        tag, _, value = line.partition(":")
        self._read_head(tag, value)
        match tag:
            case "#EXTINF":
                self._duration_s = float(value.rstrip().removesuffix(","))
            case "#EXT-X-PROGRAM-DATE-TIME":
                self._date = datetime.fromisoformat(value)
            case "#EXT-X-PART":
                found = _attributes(value)
                self._parts.append(
                    Part(found["URI"], float(found["DURATION"]), found.get("INDEPENDENT") == "YES")
                )

    def _read_head(self, tag: str, value: str) -> None:
        head = self._head
        match tag:
            case "#EXT-X-VERSION":
                head = replace(head, version=int(value))
            case "#EXT-X-TARGETDURATION":
                head = replace(head, target_s=int(value))
            case "#EXT-X-MEDIA-SEQUENCE":
                head = replace(head, media_sequence=int(value))
            case "#EXT-X-SERVER-CONTROL":
                head = replace(head, server_control=_attributes(value))
            case "#EXT-X-PART-INF":
                head = replace(head, part_target_s=float(_attributes(value)["PART-TARGET"]))
            case "#EXT-X-MAP":
                head = replace(head, map_uri=_attributes(value)["URI"])
            case "#EXT-X-SKIP":
                head = replace(head, skipped=int(_attributes(value)["SKIPPED-SEGMENTS"]))
            case "#EXT-X-PRELOAD-HINT":
                found = _attributes(value)
                head = replace(head, hint_uri=found["URI"]) if found["TYPE"] == "PART" else head
            case "#EXT-X-ENDLIST":
                head = replace(head, is_ended=True)
        self._head = head

    def finished(self) -> Playlist:
        growing = self._segment(uri=None) if self._parts else None
        return replace(self._head, segments=tuple(self._segments), growing=growing)

    def _segment(self, uri: str | None) -> Segment:
        msn = self._head.media_sequence + self._head.skipped + len(self._segments)
        return Segment(msn, uri, self._duration_s, self._date, tuple(self._parts))


def _attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}
