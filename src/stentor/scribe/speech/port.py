"""The port to speech recognition: samples in, words out. Engines are behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

HEARING_RATE_HZ = 16_000
"""What every engine and the voice activity take: mono, float32, −1…1."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word with its punctuation.

    Args:
        start_ms, end_ms: from the first sample that the engine was given.
        confidence: 0…1.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine understood; no words: nothing.

    Args:
        confidence: of the whole, 0…1.
    """

    words: tuple[HeardWord, ...]
    confidence: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Recogniser(Protocol):
    """An engine with its weights loaded. Used by one thread at a time."""

    @property
    def name(self) -> str:
        """Engine and model, such as `whisper tiny.en`, as the transcript names it."""

    def recognise(self, samples: Samples, *, hints: Sequence[str] = ()) -> Heard:
        """One utterance of at most 30 s.

        Args:
            samples: at HEARING_RATE_HZ.
            hints: names and titles that are likely to be said; engines without a use for them ignore them.
        Bounds: blocks a core for 0.05 to 0.5 of the utterance's length.
        """
