"""The mix: who is audible, what the audience hears, what each talker hears. Pure.

Comes in: each person's frame of this tick. Goes out: the programme, and for each talker the programme without
their own voice (mix-minus). Never: a voice that is muted or silent, a limiter's memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stentor.limits import OPUS_FRAME_SAMPLES, OPUS_FRAMES_PER_CHUNK
from stentor.sound.loudness import level_dbfs
from stentor.space.tick import level_step

Samples = NDArray[np.float32]

SPEAKING_DBFS: Final = -45.0
"""Below, a levelled voice is breath or room."""
SPEAKING_TICKS_MIN: Final = 4
"""80 ms of voice in a chunk: a knock on the table is shorter."""
HANGOVER_TICKS: Final = 50
"""1 s: a talker stays one between two words, and keeps an encoder of their own."""
SILENCE: Final = np.zeros(OPUS_FRAME_SAMPLES, np.float32)
SILENCE.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Mix:
    """One tick's result, not limited.

    Args:
        programme: float32 (960,).
        minus: for each person in the mix, the programme without them, float32 (960,).
    """

    programme: Samples
    minus: Mapping[str, Samples]


def mixed(frames: Mapping[str, Samples]) -> Mix:
    """Adds the voices up.

    Args:
        frames: person → float32 (960,), levelled; who is silent or muted is not in it.

    Bounds: O(people), one addition and one subtraction each.
    """
    if not frames:
        return Mix(SILENCE, {})
    stack = np.stack(list(frames.values()))
    programme = stack.sum(axis=0, dtype=np.float32)
    return Mix(programme, dict(zip(frames, programme - stack, strict=True)))


class TalkMeter:
    """Who talks now, and who spoke in this chunk and how loud."""

    def __init__(self) -> None:
        self._hangover: dict[str, int] = {}
        self._ticks: dict[str, int] = {}
        self._power: dict[str, float] = {}

    def hear(self, frames: Mapping[str, Samples]) -> frozenset[str]:
        """Takes one tick. Returns the talkers: heard now or within the last second."""
        for person, left in list(self._hangover.items()):
            if left <= 1:
                del self._hangover[person]
            else:
                self._hangover[person] = left - 1
        for person, frame in frames.items():
            level = level_dbfs(frame)
            if level < SPEAKING_DBFS:
                continue
            self._hangover[person] = HANGOVER_TICKS
            self._ticks[person] = self._ticks.get(person, 0) + 1
            self._power[person] = self._power.get(person, 0.0) + float(10 ** (level / 10))
        return frozenset(self._hangover)

    def end_chunk(self) -> dict[str, int]:
        """Who spoke in the chunk that ends now → level in the tick's steps of dB; starts the next chunk."""
        speaking = {
            person: level_step(float(10 * np.log10(self._power[person] / ticks)))
            for person, ticks in self._ticks.items()
            if ticks >= SPEAKING_TICKS_MIN
        }
        self._ticks.clear()
        self._power.clear()
        return speaking

    def forget(self, person: str) -> None:
        """Somebody who has left is no talker."""
        for table in (self._hangover, self._ticks, self._power):
            table.pop(person, None)


assert SPEAKING_TICKS_MIN < OPUS_FRAMES_PER_CHUNK
