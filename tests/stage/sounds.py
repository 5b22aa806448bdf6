"""Sounds of a known pitch, packed by FFmpeg's own encoders in every form that a source may send."""

import io
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
CODECS = {"ogg": "libopus", "mp3": "libmp3lame", "adts": "aac", "wav": "pcm_s16le", "flac": "flac"}


def stereo(seconds: float, *, left_hz: float, right_hz: float, gain: float = 0.3) -> NDArray[np.float32]:
    """(samples, 2): another tone on each side."""
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sides = [gain * np.sin(2 * np.pi * pitch * time) for pitch in (left_hz, right_hz)]
    return np.stack(sides, axis=1).astype(np.float32)


def packed(samples: NDArray[np.float32], container: str, *, rate_hz: int = RATE_HZ, codec: str = "") -> bytes:
    """The samples, stereo or mono, as a file of `container` with its usual codec."""
    layout = "stereo" if samples.ndim == 2 else "mono"
    file = io.BytesIO()
    output: Any
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec or CODECS[container], rate=rate_hz, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            (samples.reshape(1, -1) * 32767).astype(np.int16), format="s16", layout=layout
        )
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(
            format=stream.format.name, layout=layout, rate=rate_hz, frame_size=stream.frame_size or 1024
        )
        for block in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(block))
        output.mux(stream.encode(None))
    return file.getvalue()


def amplitude_of(block: NDArray[np.float32], pitch_hz: float) -> float:
    """Of a tone in 20 ms of sound, beside others at least 200 Hz away."""
    window = np.hanning(len(block))
    phase = np.exp(-2j * np.pi * pitch_hz * np.arange(len(block)) / RATE_HZ)
    return float(2 * abs(np.dot(block * window, phase)) / window.sum())


def typical_amplitude(samples: NDArray[np.float32], pitch_hz: float, *, above: float = 0.02) -> float:
    """The median over all 20 ms in which a tone is there at all: what a busy machine left out is no matter.

    Fails when it was there for less than a second.
    """
    blocks = samples[: len(samples) // 960 * 960].reshape(-1, 960)
    levels = [level for block in blocks if (level := amplitude_of(block, pitch_hz)) > above]
    assert len(levels) >= 50, f"{pitch_hz} Hz was heard for {len(levels) * 20} ms"
    return float(np.median(levels))


def strength(samples: NDArray[np.float32], pitch_hz: float) -> float:
    """The amplitude of a tone in a sound, whatever else is in it."""
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples * window)) * 2 / window.sum()
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / RATE_HZ) - pitch_hz) < 8
    return float(spectrum[near].max())
