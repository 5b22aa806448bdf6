"""Tokens of a recogniser back into words. Pure.

The file (`tokenizer.bin` of moonshine) is each token's bytes in order, each after its length: one byte below
128, else two, the first holding 128 plus the low seven bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from stentor.errors import EngineFailed

_SPACE: Final = "▁".encode()
_LONG: Final = 128
_CIRCLE_TOKENS_MAX: Final = 12
_CIRCLES_MAX: Final = 3
"""People say «no, no, no»; a fourth time it is the machine."""


@dataclass(frozen=True, slots=True)
class SpelledWord:
    """Args: places: of its tokens in the sequence."""

    text: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What each token stands for."""

    tokens: tuple[bytes, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises: EngineFailed: it is torn."""
        return cls(_tokens(data))

    def words(self, numbers: Sequence[int]) -> list[SpelledWord]:
        """The words of a sequence; marks such as `<s>` are passed over."""
        spelled: list[tuple[bytearray, list[int]]] = []
        for place, number in enumerate(numbers):
            piece = self.tokens[number]
            if _is_mark(piece):
                continue
            if not spelled or piece.startswith(_SPACE):
                spelled.append((bytearray(), []))
            spelled[-1][0].extend(piece.replace(_SPACE, b""))
            spelled[-1][1].append(place)
        words = [SpelledWord(raw.decode(errors="ignore").strip(), tuple(at)) for raw, at in spelled]
        return [word for word in words if word.text]


def without_circles(numbers: Sequence[int]) -> int:
    """How many tokens to keep: when the end says the same thing once too often, all but its first time."""
    for size in range(1, _CIRCLE_TOKENS_MAX + 1):
        span = size * (_CIRCLES_MAX + 1)
        if len(numbers) < span:
            break
        end = list(numbers[-span:])
        if end == end[:size] * (_CIRCLES_MAX + 1):
            return len(numbers) - span + size
    return len(numbers)


def _is_mark(piece: bytes) -> bool:
    return len(piece) > 2 and piece.startswith(b"<") and piece.endswith(b">")  # noqa: PLR2004


def _tokens(data: bytes) -> tuple[bytes, ...]:
    found, at = [], 0
    while at < len(data):
        size, at = data[at], at + 1
        if size >= _LONG:
            if at == len(data):
                break
            size, at = data[at] * _LONG + size - _LONG, at + 1
        found.append(data[at : at + size])
        at += size
    if at != len(data):
        raise EngineFailed("The recogniser's vocabulary is torn.")
    return tuple(found)
