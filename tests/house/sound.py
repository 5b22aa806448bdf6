"""Listening by numbers: decode, envelope, alignment, gaps."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
STEP_SAMPLES = 480
"""10 ms: the resolution of an envelope."""
Samples = NDArray[np.float32]


def decoded(source: str | Path, *, seconds: float | None = None) -> Samples:
    """Mono float samples of any file or URL, by ffmpeg. Fails on a single word of warning."""
    limit = [] if seconds is None else ["-t", str(seconds)]
    form = ["-ac", "1", "-ar", str(RATE_HZ), "-f", "f32le", "-"]
    done = subprocess.run(
        ["ffmpeg", "-v", "warning", *limit, "-i", str(source), *form],
        capture_output=True,
        timeout=90,
        check=True,
    )
    # FFmpeg 5's own words: about raw ADTS, and after each reload of any live fMP4 list.
    known = ("Estimating duration from bitrate", "Found duplicated MOOV Atom")
    words = [line for line in done.stderr.decode().splitlines() if not any(k in line for k in known)]
    assert words == [], words
    return np.frombuffer(done.stdout, dtype=np.float32)


def envelope(samples: Samples) -> Samples:
    """Root mean square of each 10 ms."""
    count = len(samples) // STEP_SAMPLES
    blocks = samples[: count * STEP_SAMPLES].reshape(count, STEP_SAMPLES)
    return np.asarray(np.sqrt(np.mean(blocks.astype(np.float64) ** 2, axis=1)), dtype=np.float32)


@dataclass(frozen=True)
class Alignment:
    """Where a recording lies in a looped original.

    Args:
        lag_steps: in steps of 10 ms.
        correlation: normalised, of the smoothed envelopes.
    """

    lag_steps: int
    correlation: float


def aligned(heard: Samples, original: Samples) -> Alignment:
    """Best place of `heard`'s envelope in `original`, which is taken as a loop."""
    a, b = _smooth(envelope(heard)), _smooth(envelope(original))
    loop = np.concatenate([b, b[: len(a)]])
    a0 = a - a.mean()
    best = Alignment(0, -1.0)
    size = 1 << (len(loop) + len(a)).bit_length()
    dot = np.fft.irfft(np.fft.rfft(loop, size) * np.conj(np.fft.rfft(a0, size)), size)[: len(b)]
    sums = np.cumsum(np.insert(loop, 0, 0.0))
    squares = np.cumsum(np.insert(loop.astype(np.float64) ** 2, 0, 0.0))
    n = len(a)
    mean = (sums[n : n + len(b)] - sums[: len(b)]) / n
    variance = (squares[n : n + len(b)] - squares[: len(b)]) / n - mean**2
    scale = np.sqrt(np.maximum(variance, 1e-12) * n) * np.sqrt(np.sum(a0**2) + 1e-12)
    correlation = dot / scale
    lag = int(np.argmax(correlation))
    best = Alignment(lag, float(correlation[lag]))
    return best


def longest_gap_ms(heard: Samples, original: Samples, alignment: Alignment, *, smear_steps: int = 3) -> int:
    """The longest run of near silence in `heard` where the original speaks, in ms.

    A voice may lie a few steps off the mean alignment (its own jitter buffer), so the original counts as
    speaking only where it speaks for `smear_steps` on either side.
    """
    a, b = envelope(heard), envelope(original)
    reference = np.take(b, range(alignment.lag_steps, alignment.lag_steps + len(a)), mode="wrap")
    loud = reference > 0.02 * reference.max()
    kernel = np.ones(2 * smear_steps + 1)
    surely_loud = np.convolve(loud, kernel, "same") >= len(kernel)
    silent = (a < 1e-4) & surely_loud
    longest = run = 0
    for is_silent in silent:
        run = run + 1 if is_silent else 0
        longest = max(longest, run)
    return longest * 10


def packet_steps(path: Path) -> set[int]:
    """The distinct differences of packet times, in the stream's own time base."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "packet=pts", "-of", "csv=p=0", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    times = [int(line.strip(",")) for line in done.stdout.split()]
    assert len(times) > 100
    return set(np.diff(times).tolist())


def _smooth(values: Samples) -> Samples:
    return np.convolve(values, np.ones(5) / 5, "same").astype(np.float32)
