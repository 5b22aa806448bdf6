"""How alike two sounds are, and where in a looped original a recording lies: by their envelopes. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stentor.limits import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]

STEP_SAMPLES: Final = 240
"""5 ms: the resolution of a place."""
_SMOOTH_STEPS: Final = 8
"""40 ms: a wrong clock or a jitter buffer moves parts of a recording against each other by less."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording begins in the loop, and how well it fits there.

    Args:
        correlation: of the envelopes, −1…1.
    """

    at_ms: float
    correlation: float

    @property
    def at_samples(self) -> int:
        return round(self.at_ms * SAMPLE_RATE_HZ / 1000)


def place_in_loop(heard: Samples, said: Samples) -> Place:
    """The best place of a recording in speech that is said over and over."""
    a, b = envelope(heard), envelope(said)
    count = len(a)
    loop = np.resize(b, len(b) + count)
    size = 1 << (len(loop) + count).bit_length()
    dot = np.fft.irfft(np.fft.rfft(loop, size) * np.conj(np.fft.rfft(a - a.mean(), size)), size)[: len(b)]
    sums, squares = (np.cumsum(np.insert(values, 0, 0.0)) for values in (loop, loop**2))
    mean = (sums[count:] - sums[:-count])[: len(b)] / count
    spread = np.sqrt(np.maximum((squares[count:] - squares[:-count])[: len(b)] / count - mean**2, 1e-12))
    fit = dot / (spread * a.std() * count + 1e-12)
    best = int(np.argmax(fit))
    return Place(best * STEP_SAMPLES * 1000 / SAMPLE_RATE_HZ, float(fit[best]))


def envelope(samples: Samples) -> NDArray[np.float64]:
    """Root mean square of each step, smoothed."""
    whole = samples[: len(samples) // STEP_SAMPLES * STEP_SAMPLES].reshape(-1, STEP_SAMPLES)
    root = np.sqrt((whole.astype(np.float64) ** 2).mean(axis=1))
    return np.convolve(root, np.ones(_SMOOTH_STEPS) / _SMOOTH_STEPS, "same")
