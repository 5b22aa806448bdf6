"""Sound from outside: whatever an encoder sends or a file holds becomes frames of 20 ms at 48 kHz.

Comes in: bytes of Ogg, MP3, AAC, FLAC, WAV or MP4, from a file or a pipe, from strangers. Goes out: frames.
Never: a protocol, another file that the bytes name, a format or codec that is not on the list, a guess about
bytes that no decoder understands.

The one file that lets FFmpeg's demuxers and decoders at strangers' bytes; it is used in a process of its own
(`ingest.py`), so that a fault in one of them ends nothing else.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, BinaryIO, Final

import av
import numpy as np
from av.error import FFmpegError, InvalidDataError
from numpy.typing import NDArray

from stentor.errors import BadInput
from stentor.limits import OPUS_FRAME_SAMPLES, SAMPLE_RATE_HZ

Samples = NDArray[np.float32]


class Form(StrEnum):
    """How the bytes of a stream without an end are packed."""

    OGG = "ogg"
    MP3 = "mp3"
    AAC = "aac"


_PCM: Final = ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le")
_CODECS: Final = frozenset(
    ("opus", "libopus", "vorbis", "libvorbis", "flac", "mp3", "mp3float", "aac", *_PCM)
)
_OPTIONS: Final = {
    # A playlist or a list of parts is a format too, and would make FFmpeg open what it names.
    "format_whitelist": "ogg,mp3,aac,wav,flac,mov",
    "codec_whitelist": ",".join(sorted(_CODECS)),
    "protocol_whitelist": "none",
    # What FFmpeg reads before it says what it sees; the defaults hold up a live stream for seconds.
    "probesize": "131072",
    "analyzeduration": "500000",
}
_READ_BYTES: Final = 4_096
"""What FFmpeg holds back; its default is ten seconds of a stream at 24 kbit/s."""
_RATE_HZ_MIN: Final = 8_000
_RATE_HZ_MAX: Final = 192_000
_CHANNELS_MAX: Final = 8
_BROKEN_PACKETS_MAX: Final = 100
"""In a row. A stream that is joined in its middle begins with one or two."""


class SoundInput:
    """Sound that comes in.

    Args:
        source: a file or a pipe that gives what it has (unbuffered); read by this object only.
        form: None: found out from the bytes.
    Raises: BadInput: no sound of a kind that is known, and of a rate that is in use.
    Bounds: reads as it is asked for frames; blocks while the source gives nothing.
    """

    def __init__(self, source: BinaryIO, *, form: Form | None = None) -> None:
        try:
            # Titles in broken encodings are none of our business.
            self._container: Any = av.open(
                source,
                format=None if form is None else form.value,
                options=_OPTIONS,
                metadata_errors="replace",
                buffer_size=_READ_BYTES,
            )
        except (FFmpegError, OSError, ValueError) as error:
            raise BadInput(f"This is no sound that can be read ({_reason(error)}).") from None
        if not self._container.streams.audio:
            raise BadInput("There is no sound in this.")
        self._stream: Any = self._container.streams.audio[0]
        codec = self._stream.codec_context
        if codec is None or codec.name not in _CODECS:
            raise BadInput("The sound is coded in a way that is not read here. Send Opus, Vorbis, MP3, AAC.")
        self.channels: int = 1 if codec.channels == 1 else 2
        self.broken_count = 0

    def frames(self) -> Iterator[Samples]:
        """Each 20 ms: float32 (960 · channels,), −1…1, left and right in turn; the last filled up.

        Raises: BadInput: what comes is not, or not any more, sound that can be decoded.
        """
        resampler = None
        setup: tuple[object, ...] = ()
        for frame in self._decoded():
            now = (frame.sample_rate, frame.layout.name, frame.format.name)
            if resampler is None or now != setup:
                # Streams of radio encoders are chains: each title may bring another rate.
                _must_be_usual(frame)
                if resampler is not None:
                    yield from self._cut(resampler.resample(None))
                resampler, setup = self._resampler(), now
            frame.pts = None
            yield from self._cut(resampler.resample(frame))
        if resampler is None:
            raise BadInput("There is no sound in this.")
        yield from self._cut(resampler.resample(None))

    def _decoded(self) -> Iterator[Any]:
        broken_in_a_row = 0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except InvalidDataError:
                    self.broken_count += 1
                    broken_in_a_row += 1
                    if broken_in_a_row > _BROKEN_PACKETS_MAX:
                        raise BadInput("The sound cannot be decoded any more.") from None
                    continue
                broken_in_a_row = 0 if frames else broken_in_a_row
                yield from frames
        except (FFmpegError, OSError, ValueError, MemoryError) as error:
            raise BadInput(f"The sound broke off ({_reason(error)}).") from None

    def _resampler(self) -> Any:
        return av.AudioResampler(
            format="flt",
            layout="mono" if self.channels == 1 else "stereo",
            rate=SAMPLE_RATE_HZ,
            frame_size=OPUS_FRAME_SAMPLES,
        )

    def _cut(self, frames: list[Any]) -> Iterator[Samples]:
        size = OPUS_FRAME_SAMPLES * self.channels
        for frame in frames:
            samples = frame.to_ndarray().reshape(-1)
            if len(samples) < size:
                samples = np.concatenate((samples, np.zeros(size - len(samples), np.float32)))
            yield np.clip(np.nan_to_num(samples), -1.0, 1.0)


def _must_be_usual(frame: Any) -> None:
    """Raises: BadInput. One sample a second would become 48,000 each: memory without end from few bytes."""
    if not _RATE_HZ_MIN <= frame.sample_rate <= _RATE_HZ_MAX:
        raise BadInput(
            f"The sound has {frame.sample_rate} samples a second; it must have from {_RATE_HZ_MIN} to "
            f"{_RATE_HZ_MAX}."
        )
    if frame.layout.nb_channels > _CHANNELS_MAX:
        raise BadInput(f"The sound has {frame.layout.nb_channels} channels; the limit is {_CHANNELS_MAX}.")


def _reason(error: Exception) -> str:
    """FFmpeg's own word for it, without what it was reading."""
    return str(getattr(error, "strerror", None) or type(error).__name__)
