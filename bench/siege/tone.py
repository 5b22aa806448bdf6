"""Whether the known tone is there, without a hole: of the log and of the recording. Pure but for decoding.

Comes in: fMP4 as it was written. Goes out: where nothing can be heard, in ms. The tone swells four times a
second and is never under a fifth of its height, so any 40 ms without it are a hole.
"""

import io
from dataclasses import dataclass

import av
import numpy as np

_WINDOW_MS = 20
_QUIET = 0.1
"""Of the median window: the swell's own low is a quarter of it."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Silence where the tone should be, from the beginning of what was decoded."""

    at_ms: int
    length_ms: int


def holes_in(media: bytes) -> list[Hole]:
    """Every hole of 20 ms or more. Raises: av.FFmpegError: it cannot be decoded at all."""
    levels: list[float] = []
    rest = np.zeros(0, dtype=np.float32)
    expected: int | None = None
    with av.open(io.BytesIO(media), "r") as container:
        for frame in container.decode(audio=0):
            samples = np.asarray(frame.to_ndarray(), dtype=np.float32).reshape(-1)
            if expected is not None and frame.pts is not None and frame.pts > expected:
                # What was never written is silence, as a player hears it.
                rest = np.concatenate([rest, np.zeros(frame.pts - expected, dtype=np.float32)])
            expected = None if frame.pts is None else frame.pts + frame.samples
            rest = np.concatenate([rest, samples])
            size = frame.sample_rate * _WINDOW_MS // 1000
            whole = len(rest) // size * size
            levels += np.sqrt(np.mean(rest[:whole].reshape(-1, size) ** 2, axis=1)).tolist()
            rest = rest[whole:]
    return holes_of(levels)


def holes_of(levels: list[float]) -> list[Hole]:
    """Runs of windows that are far quieter than the median one."""
    if not levels:
        return []
    floor = _QUIET * float(np.median(levels))
    found: list[Hole] = []
    began: int | None = None
    for index, level in enumerate([*levels, np.inf]):
        if level < floor:
            began = index if began is None else began
        elif began is not None:
            found.append(Hole(began * _WINDOW_MS, (index - began) * _WINDOW_MS))
            began = None
    return found
