"""Word error rate: how many of the words that were said does a recogniser hear wrongly.

Comes in: samples and the text that was said. Goes out: errors. Never: a verdict; two runs are compared, since
a recogniser errs on perfect sound too.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE_HZ = 16_000
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True, slots=True)
class Errors:
    """What went wrong with so many words."""

    wrong: int
    words: int

    @property
    def percent(self) -> float:
        return 100 * self.wrong / max(1, self.words)

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.wrong + other.wrong, self.words + other.words)


def word_errors(said: str, heard: str) -> Errors:
    """Words replaced, left out and added: the least number of changes from one text to the other."""
    a, b = words_of(said), words_of(heard)
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return Errors(row[-1], len(a))


def words_of(text: str) -> list[str]:
    """Lower case, without punctuation, numbers as words: a recogniser writes 82 for «eighty two»."""
    text = text.lower().replace("%", " percent ").replace("’", "'").replace("€", " euros ")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    words: list[str] = []
    for token in re.findall(r"\d+|[a-z']+", text):
        words += _number_words(int(token)) if token.isdecimal() else [token.strip("'")]
    return [word for word in words if word]


def recognised(sounds: Sequence[Samples]) -> list[str]:
    """What the recogniser hears in each of the sounds (mono, 48 kHz)."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for index, samples in enumerate(sounds):
            paths.append(Path(folder) / f"{index}.npy")
            np.save(paths[-1], at_16_khz(samples))
        # Niced: it must not make the stage beside it late.
        done = subprocess.run(
            ["nice", sys.executable, str(Path(__file__).with_name("recogniser.py")), *map(str, paths)],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    texts: list[str] = json.loads(done.stdout)
    return texts


def at_16_khz(samples: Samples) -> Samples:
    """A third of the samples, after a windowed sine has taken away what would fold back."""
    taps = np.arange(-48, 49)
    low_pass = np.sinc(taps / 3) * np.hanning(len(taps) + 2)[1:-1]
    return np.convolve(samples, low_pass / low_pass.sum(), "same")[::3].astype(np.float32)


def _number_words(number: int) -> list[str]:
    """As people say it; years too: 2013 is twenty thirteen."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]
    if 1100 <= number < 10_000 and number % 1000 >= 10 and number % 100:
        return _number_words(number // 100) + _number_words(number % 100)
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return [*_number_words(number // size), name, *(_number_words(rest) if rest else [])]
    raise AssertionError(number)
