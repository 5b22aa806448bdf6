"""The programme without somebody: mixed anew from the other voices where that person was heard.

Comes in: the sealed programme, everybody's voice. Goes out: a programme of the same length; chunks in which
the removed person was silent stay byte for byte. Never: a trace of that voice: what a tick calls silence is
decoded and measured, and the chunk behind is made anew too: a codec's delay carries sound over a border.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from stentor.errors import BadInput
from stentor.formats.ogg_opus import packets_of_ogg
from stentor.formats.opus_packet import SILENCE, opus_duration_samples
from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.scribe.recording.programme_file import index_of
from stentor.sound.loudness import Leveller, Limiter, level_dbfs
from stentor.sound.opus import Decoder
from stentor.sound.programme import Programme
from stentor.space.rung import Rung
from stentor.space.timeline import RECORD_FIRST

Samples = NDArray[np.float32]

_HEARD_DBFS: Final = -65.0
"""With the leveller's 12 dB that is −53 in the mix: a whisper across the room is above it."""
_EMPTY: Final = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class VoiceAt:
    """Somebody's sealed voice.

    Args:
        first: the chunk, counted from the record's first, with which the file begins.
        is_programme: an encoder or a file: mixed as it comes.
    """

    path: Path
    first: int
    is_programme: bool = False


@dataclass(frozen=True, slots=True)
class Remix:
    """One job.

    Args:
        sources, targets: rung → programme file.
        stay, gone: the voices.
        spoke: [first, last] chunks in which the ticks say that the removed spoke.
    """

    sources: Mapping[Rung, Path]
    targets: Mapping[Rung, Path]
    stay: tuple[VoiceAt, ...]
    gone: tuple[VoiceAt, ...]
    spoke: tuple[tuple[int, int], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "sources": {rung.value: str(path) for rung, path in self.sources.items()},
            "targets": {rung.value: str(path) for rung, path in self.targets.items()},
            "stay": [[str(voice.path), voice.first, voice.is_programme] for voice in self.stay],
            "gone": [[str(voice.path), voice.first, voice.is_programme] for voice in self.gone],
            "spoke": self.spoke,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        def voices(rows: Iterable[Any]) -> tuple[VoiceAt, ...]:
            return tuple(VoiceAt(Path(path), first, is_programme) for path, first, is_programme in rows)

        return cls(
            {Rung(rung): Path(path) for rung, path in data["sources"].items()},
            {Rung(rung): Path(path) for rung, path in data["targets"].items()},
            voices(data["stay"]),
            voices(data["gone"]),
            tuple((first, last) for first, last in data["spoke"]),
        )


def remix(job: Remix) -> int:
    """Writes the targets. Returns: how many chunks are made anew.

    Bounds: decodes every voice once, some 8 s for each hour of it; encodes only what is made anew.
    """
    indexes = {rung: index_of(path, rung.codec) for rung, path in job.sources.items()}
    count = min(index.count for index in indexes.values())
    anew = _to_make_anew(job, count=count)
    voices = [_frames(voice) for voice in job.stay]
    with ExitStack() as files:
        sources = {rung: files.enter_context(path.open("rb")) for rung, path in job.sources.items()}
        targets = {rung: files.enter_context(path.open("wb")) for rung, path in job.targets.items()}
        for rung, source in sources.items():
            targets[rung].write(source.read(indexes[rung].init_bytes))
        encoders: tuple[Limiter, Programme] | None = None
        for chunk in range(count):
            mixed = [_mixed(voices) for _ in range(OPUS_FRAMES_PER_CHUNK)]
            # One chunk earlier, so that the encoders' delay brings the right sound over the border.
            if chunk not in anew and chunk + 1 not in anew:
                encoders, made = None, {}
            else:
                encoders = encoders or (Limiter(), Programme())
                made = _encoded(encoders, mixed, number=RECORD_FIRST + chunk)
            for rung, source in sources.items():
                original = source.read(_size(indexes[rung].offsets, chunk))
                targets[rung].write(made[rung] if chunk in anew else original)
    return len(anew)


def _to_make_anew(job: Remix, *, count: int) -> frozenset[int]:
    heard = {chunk for first, last in job.spoke for chunk in range(first, last + 1)}
    for voice in job.gone:
        for at, frame in enumerate(_frames(voice, is_levelled=False)):
            if frame is not None and level_dbfs(frame) > _HEARD_DBFS:
                heard.add(at // OPUS_FRAMES_PER_CHUNK)
    return frozenset(chunk for each in heard for chunk in (each, each + 1) if chunk < count)


def _frames(voice: VoiceAt, *, is_levelled: bool = True) -> Iterator[Samples | None]:
    """The voice in frames of 20 ms from the record's start, as the mixer had it; None: it was not there."""
    for _ in range(voice.first * OPUS_FRAMES_PER_CHUNK):
        yield None
    leveller = Leveller() if is_levelled and not voice.is_programme else None
    decoder, store = Decoder(), _EMPTY
    with voice.path.open("rb") as file:
        for packet in packets_of_ogg(file):
            if packet == SILENCE and not len(store):
                yield None
                continue
            store = np.concatenate((store, _decoded(decoder, packet)))
            while len(store) >= OPUS_FRAME_SAMPLES:
                frame, store = store[:OPUS_FRAME_SAMPLES], store[OPUS_FRAME_SAMPLES:]
                yield frame if leveller is None else leveller.level(frame)


def _decoded(decoder: Decoder, packet: bytes) -> Samples:
    try:
        return decoder.decode(packet)
    except BadInput:
        return decoder.conceal(samples=opus_duration_samples(packet) or OPUS_FRAME_SAMPLES)


def _mixed(voices: list[Iterator[Samples | None]]) -> Samples:
    frames = [frame for frame in (next(voice, None) for voice in voices) if frame is not None]
    if not frames:
        return np.zeros(OPUS_FRAME_SAMPLES, np.float32)
    total: Samples = np.sum(frames, axis=0, dtype=np.float32)
    return total


def _encoded(encoders: tuple[Limiter, Programme], frames: list[Samples], *, number: int) -> dict[Rung, bytes]:
    limiter, programme = encoders
    for frame in frames:
        programme.push(limiter.limit(frame))
    return programme.take(number)


def _size(offsets: tuple[int, ...], chunk: int) -> int:
    return offsets[chunk + 1] - offsets[chunk]
