"""Voice activity: how likely each 32 ms of one voice hold speech (Silero VAD v6).

Comes in: 16 kHz samples without a gap, as they arrive or an hour at once. Goes out: one probability per
frame. Never: a decision; `cutting.py` makes utterances of them.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from stentor.scribe.speech.onnx import Model
from stentor.scribe.speech.port import HEARING_RATE_HZ, Samples

FRAME_SAMPLES: Final = 512
FRAME_MS: Final = 1000 * FRAME_SAMPLES // HEARING_RATE_HZ
_CONTEXT_SAMPLES: Final = 64
_FRAMES_AT_ONCE_MAX: Final = 4096
_QUIET_RMS: Final = 1e-3
"""−60 dBFS: a muted microphone, comfort noise. The model is not asked; it costs 1.2 % of a core per voice."""

Probabilities = npt.NDArray[np.float32]
FILE = "silero_vad_v6.onnx"


def loaded(folder: Path) -> Model:
    """The model, which all voices of a process share. Raises: NoEngine, EngineFailed."""
    return Model(folder / FILE)


class VoiceActivity:
    """One voice's. The model's memory and the last 4 ms are kept from one call to the next."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.reset()

    def reset(self) -> None:
        """After a hole in the voice."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)

    def feed(self, samples: Samples) -> Probabilities:
        """One probability per FRAME_SAMPLES.

        Args:
            samples: whole frames; a chunk has 20.
        Bounds: 0.3 % of the sound's length.
        """
        assert len(samples) % FRAME_SAMPLES == 0, "whole frames only"
        frames = samples.reshape(-1, FRAME_SAMPLES)
        if len(frames) == 0 or float(np.sqrt(np.mean(np.square(samples)))) < _QUIET_RMS:
            self.reset()
            return np.zeros(len(frames), np.float32)
        heads = np.vstack([self._context, frames[:-1, -_CONTEXT_SAMPLES:]])
        self._context = frames[-1, -_CONTEXT_SAMPLES:].copy()
        inputs = np.hstack([heads, frames]).astype(np.float32)
        found = []
        for at in range(0, len(inputs), _FRAMES_AT_ONCE_MAX):
            part, self._h, self._c = self._model.run(
                {"input": inputs[at : at + _FRAMES_AT_ONCE_MAX], "h": self._h, "c": self._c}
            )
            found.append(part.reshape(-1))
        return np.concatenate(found).astype(np.float32)
