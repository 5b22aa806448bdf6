"""What a player wrote down, as sound: is it the stage's tone, all along?"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from synthetic_stage import TONE_HZ

RATE_HZ = 48_000
_WINDOW_S = 0.1
_BORDER_S = 0.3
"""Players fade in; a file that is closed in the middle of a write ends anywhere."""


def read_pcm(path: Path, *, channels: int = 1) -> npt.NDArray[np.float32]:
    """16-bit samples at 48 kHz, with or without a WAV head; the first channel, −1..1.

    The head's sizes are not read: a player that was stopped has not written them.
    """
    raw = path.read_bytes()
    if raw[:4] == b"RIFF":
        raw = raw[raw.index(b"data") + 8 :]
    samples = np.frombuffer(raw[: len(raw) // 2 // channels * 2 * channels], dtype="<i2")
    return (samples[::channels] / 32768).astype(np.float32)


def troubles_of(samples: npt.NDArray[np.float32], *, seconds_min: float) -> list[str]:
    """What a listener would have complained about."""
    size_s = len(samples) / RATE_HZ
    if size_s < seconds_min:
        return [f"{size_s:.1f} s of sound instead of {seconds_min:.1f} s"]
    window, border = int(_WINDOW_S * RATE_HZ), int(_BORDER_S * RATE_HZ)
    inner = samples[border : len(samples) - border]
    blocks = inner[: len(inner) // window * window].reshape(-1, window)
    loud = np.sqrt(np.mean(blocks**2, axis=1))
    # A sine of 0.3 has 0.212. The stage's loop has a phase jump each 16 s, which costs a window little.
    found = [f"{at * _WINDOW_S:.1f} s: level {level:.3f}" for at, level in enumerate(loud) if level < 0.15]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    peak_hz = float(np.argmax(spectrum)) * RATE_HZ / len(inner)
    if abs(peak_hz - TONE_HZ) > 2:
        found.append(f"a tone of {peak_hz:.1f} Hz instead of {TONE_HZ} Hz")
    return found
