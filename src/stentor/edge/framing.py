"""Framing: a chunk in a format, made once and shared by everybody who hears it.

Comes in: chunks and ticks of the window. Goes out: the bytes of `live.mp4`, `live.aac`, HLS parts and
segments. Never: a byte that depends on who asks, except the first `emsg` of somebody who joins.
"""

from dataclasses import dataclass
from enum import StrEnum

from stentor.edge.window import Window
from stentor.formats.adts import adts
from stentor.formats.cmaf import init_segment, packets_of
from stentor.formats.emsg import tick_box
from stentor.limits import CHUNKS_PER_SEGMENT
from stentor.space.rung import Rung
from stentor.space.timeline import first_of_segment


class Format(StrEnum):
    """How a stream of chunks looks on the wire."""

    MP4 = "mp4"
    AAC = "aac"

    @property
    def mime(self) -> str:
        return "audio/mp4" if self is Format.MP4 else "audio/aac"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a listener takes: a rung in a format. Everybody of the same shape hears the same bytes."""

    rung: Rung
    format: Format

    @property
    def preamble(self) -> bytes:
        """What a response begins with, before any chunk."""
        return init_segment(self.rung.codec) if self.format is Format.MP4 else b""


def framed(shape: Shape, *, number: int, data: bytes, tick: bytes | None) -> bytes:
    """One chunk on the wire: `emsg`+`moof`+`mdat`, or ADTS frames (which have no room for a tick)."""
    if shape.format is Format.AAC:
        return adts(packets_of(data))
    return (tick_box(number, tick) if tick else b"") + data


class Framer:
    """The window's chunks, framed on first demand.

    Bounds: as many framed chunks per shape, and segments, as the window has.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._framed: dict[Shape, dict[int, bytes]] = {}
        self._segments: dict[tuple[Shape, int], bytes] = {}

    def chunk(self, shape: Shape, number: int) -> bytes | None:
        """The shared bytes of a chunk; None: it is not in the window."""
        data = self._window.chunk(shape.rung, number)
        if data is None:
            return None
        kept = self._framed.setdefault(shape, {})
        if number not in kept:
            self._forget(shape)
            kept[number] = framed(shape, number=number, data=data, tick=self._window.tick(number))
        return kept[number]

    def joining_chunk(self, shape: Shape, number: int) -> bytes | None:
        """The chunk for somebody who knows nothing yet: its tick says everything."""
        data = self._window.chunk(shape.rung, number)
        if data is None:
            return None
        return framed(shape, number=number, data=data, tick=self._window.full_tick(number))

    def segment(self, shape: Shape, segment: int, *, last: int | None = None) -> bytes | None:
        """A segment: exactly its parts' bytes one after the other, their `emsg` boxes included.

        Args:
            last: where the programme ended, which may cut its last segment short.
        Returns: None when a part is not in the window.
        """
        kept = self._segments.get((shape, segment))
        if kept is not None and self._window.chunk(shape.rung, first_of_segment(segment)) is not None:
            return kept
        start = first_of_segment(segment)
        stop = start + CHUNKS_PER_SEGMENT
        if last is not None:
            stop = min(stop, last + 1)
        parts = [self.chunk(shape, number) for number in range(start, stop)]
        whole = [part for part in parts if part is not None]
        if not whole or len(whole) < len(parts):
            return None
        self._forget(shape)
        self._segments[shape, segment] = b"".join(whole)
        return self._segments[shape, segment]

    def _forget(self, shape: Shape) -> None:
        """Drops what the window no longer has."""
        first = self._window.first(shape.rung)
        if first is None:
            return
        kept = self._framed.setdefault(shape, {})
        for number in [n for n in kept if n < first]:
            del kept[number]
        for key in [k for k in self._segments if k[0] == shape and first_of_segment(k[1]) < first]:
            del self._segments[key]
