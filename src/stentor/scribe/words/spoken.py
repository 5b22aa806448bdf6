"""An utterance that an engine has heard, and the growing file of them: what a kill of the process leaves.

Comes in: utterances, in the order in which they were heard. Goes out: the same, and up to where each voice
is heard. Never: sound.
"""

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from stentor.record.transcript import Word
from stentor.scribe.recording.lines_file import LinesFile, lines_of
from stentor.scribe.speech.plausible import is_plausible
from stentor.scribe.speech.port import HEARING_RATE_HZ, Heard, Samples

FILE: Final = "heard.jsonl"
SILENCE_DB: Final = -100
LEVEL_STEP_MS: Final = 100
_PER_MS = HEARING_RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance.

    Args:
        start_ms, end_ms: of the sound that the engine was given, record time.
        is_cut: it ended because it was long, not with a pause.
        words: none where nothing that can have been said was heard.
        levels_db: how loud this voice was in each LEVEL_STEP_MS from `start_ms` on, relative to full scale.
    """

    person_id: str
    start_ms: int
    end_ms: int
    is_cut: bool
    words: tuple[Word, ...]
    levels_db: tuple[int, ...] = ()

    def level_db(self, start_ms: int, end_ms: int) -> float:
        """The mean level of a stretch of it, at least one step."""
        first = min(max(0, (start_ms - self.start_ms) // LEVEL_STEP_MS), max(0, len(self.levels_db) - 1))
        last = max(first + 1, -(-(end_ms - self.start_ms) // LEVEL_STEP_MS))
        powers = [10 ** (level / 10) for level in self.levels_db[first:last]]
        return 10 * math.log10(sum(powers) / len(powers)) if powers else float(SILENCE_DB)

    def as_json(self) -> dict[str, Any]:
        return {
            "person": self.person_id,
            "at": [self.start_ms, self.end_ms],
            "cut": self.is_cut,
            "words": [astuple(word) for word in self.words],
            "levels": self.levels_db,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        words = tuple(Word(*word) for word in data["words"])
        start_ms, end_ms = data["at"]
        return cls(data["person"], start_ms, end_ms, data["cut"], words, tuple(data["levels"]))


def spoken(heard: Heard, samples: Samples, *, person_id: str, start_ms: int, is_cut: bool) -> Spoken:
    """What an engine heard, in record time; without words when it cannot have been said."""
    length_ms = len(samples) // _PER_MS
    words = heard.words if is_plausible(heard, length_ms=length_ms) else ()
    return Spoken(
        person_id,
        start_ms,
        start_ms + length_ms,
        is_cut,
        tuple(Word(w.text, start_ms + w.start_ms, start_ms + w.end_ms, w.confidence) for w in words),
        _levels_db(samples),
    )


class SpokenFile:
    """`words/heard.jsonl` of one Space's working folder. Not for two writers: the lease sees to that."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lines = LinesFile.open(path)
        self._count = 0
        self._heard_until_ms: dict[str, int] = {}
        for line in lines_of(path):
            self._count += 1
            self._heard_until_ms[line["person"]] = line["at"][1]

    def heard_until_ms(self, person_id: str) -> int:
        """Up to where a voice has been heard; 0: nothing of it."""
        return self._heard_until_ms.get(person_id, 0)

    def append(self, utterance: Spoken) -> None:
        """It survives this process; of a power cut the sound survives, from which it is heard again."""
        self._count += 1
        self._lines.append(self._count, utterance.as_json())
        self._heard_until_ms[utterance.person_id] = utterance.end_ms

    def close(self) -> None:
        self._lines.close()


def spoken_in(path: Path, *, but: Iterable[str] = ()) -> list[Spoken]:
    """Everything that was heard, but for what these people said. Bounds: 2 MB for an hour."""
    left_out = set(but)
    return [Spoken.from_json(line) for line in lines_of(path) if line["person"] not in left_out]


def _levels_db(samples: Samples) -> tuple[int, ...]:
    step = LEVEL_STEP_MS * _PER_MS
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    powers = np.maximum(np.mean(np.square(whole), axis=1), 10 ** (SILENCE_DB / 10))
    return tuple(int(level) for level in np.round(10 * np.log10(powers)))
