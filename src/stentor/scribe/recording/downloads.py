"""The files that people take home: m4a by copying the programme's AAC, mp3 and Opus encoded from it.

Comes in: a sealed programme. Goes out: one file that plays from 0, with title and chapters. Never: an encode
where packets can be copied; the clock of the Space: record time begins at 0. The scribe's one use of PyAV.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av

from stentor.limits import SAMPLE_RATE_HZ
from stentor.record.chapters import Chapter

_MS: Final = Fraction(1, 1000)
_CONTAINERS: Final = {"m4a": "ipod", "mp3": "mp3", "opus": "ogg"}
_ENCODERS: Final = {"mp3": ("libmp3lame", 64_000), "opus": ("libopus", 32_000)}
"""Mono speech: 29 MB and 14 MB an hour."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows of a file.

    Args:
        duration_ms: where the last chapter ends.
    """

    title: str
    duration_ms: int
    chapters: tuple[Chapter, ...] = ()


def copy(source: Path, target: Path, tags: Tags) -> None:
    """The packets of `source` in a file of the kind that the name `target` says.

    Bounds: no decoder; 3 s for each hour of sound.
    """
    with av.open(str(source)) as given, _opened(target, tags) as made:
        sound = given.streams.audio[0]
        out: Any = made.add_stream_from_template(sound)
        first: int | None = None
        for packet in given.demux(sound):
            if packet.pts is None:  # the demuxer's last word
                continue
            first = packet.pts if first is None else first
            packet.pts -= first
            packet.dts = packet.pts
            packet.stream = out
            made.mux(packet)


def encode(source: Path, target: Path, tags: Tags) -> None:
    """`source` in the codec of the kind that the name `target` says, mono at 48 kHz.

    Bounds: one thread, 50 s for each hour of sound; a few MiB.
    """
    codec, bitrate_bps = _ENCODERS[_kind(target)]
    with av.open(str(source)) as given, _opened(target, tags) as made:
        out: Any = made.add_stream(codec, rate=SAMPLE_RATE_HZ, layout="mono")
        out.bit_rate = bitrate_bps
        out.metadata["title"] = tags.title  # Ogg keeps it with the stream
        resampler = av.AudioResampler(format=out.codec_context.format, layout="mono", rate=SAMPLE_RATE_HZ)
        at = 0
        for frame in given.decode(audio=0):
            for part in resampler.resample(frame):
                part.pts, part.time_base = at, Fraction(1, SAMPLE_RATE_HZ)
                at += part.samples
                made.mux(out.encode(part))
        made.mux(out.encode(None))


def _opened(target: Path, tags: Tags) -> Any:
    kind = _kind(target)
    options = {"movflags": "+faststart"} if kind == "m4a" else {}
    made: Any = av.open(str(target), "w", format=_CONTAINERS[kind], options=options)
    made.metadata["title"] = tags.title
    made.set_chapters(_chapters(tags.chapters, duration_ms=tags.duration_ms))
    return made


def _chapters(chapters: Sequence[Chapter], *, duration_ms: int) -> list[dict[str, Any]]:
    ends = [chapter.start_ms for chapter in chapters[1:]] + [duration_ms]
    return [
        {
            "id": number,
            "start": chapter.start_ms,
            "end": end_ms,
            "time_base": _MS,
            "metadata": {"title": chapter.title},
        }
        for number, (chapter, end_ms) in enumerate(zip(chapters, ends, strict=False), 1)
        if chapter.start_ms < end_ms
    ]


def _kind(path: Path) -> str:
    return path.suffix.removeprefix(".")
