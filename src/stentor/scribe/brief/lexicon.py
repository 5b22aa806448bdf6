"""What the extractive brief knows of a language: word lists and patterns from `data/brief/<language>.toml`.

A language without a table has an empty one: then figures, names and likeness alone make the brief. Never: a
judgement; those are in claims.py, ranking.py, headings.py.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_TABLES: Final = Path(__file__).parents[2] / "data" / "brief"
_NOTHING: Final = re.compile(r"(?!)")
_EDGES: Final = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's table; docs of each entry stand in the table itself."""

    words: Mapping[str, frozenset[str]]
    patterns: Mapping[str, re.Pattern[str]]
    numbers: Mapping[str, int]

    def has(self, kind: str, word: str) -> bool:
        return word in self.words.get(kind, frozenset())

    def pattern(self, kind: str) -> re.Pattern[str]:
        """All of a kind's patterns as one; matches nothing where the language has none."""
        return self.patterns.get(kind, _NOTHING)

    def found(self, kind: str, text: str) -> bool:
        """Args: text: lower case, apostrophes as `'`."""
        return self.pattern(kind).search(text) is not None


@cache
def lexicon(language: str) -> Lexicon:
    """Args: language: BCP 47; only the first part counts. Bounds: one table for each language there is."""
    path = _TABLES / f"{_known(language)}.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text()) if path.is_file() else {}
    numbers = data.pop("number_words", {})
    return Lexicon(
        words={
            **{kind: frozenset(value.split()) for kind, value in data.items() if isinstance(value, str)},
            "numbers": frozenset(numbers),
        },
        patterns={kind: _joined(value) for kind, value in data.items() if isinstance(value, list)},
        numbers=numbers,
    )


def plain(text: str) -> str:
    """Text as the tables have it."""
    return text.lower().replace("’", "'").replace("\u00a0", " ")


def content_words(text: str, lexicon: Lexicon) -> list[str]:
    """The words that carry a topic, in order, as the tables have words."""
    found = (_EDGES.sub("", word) for word in plain(text).split())
    return [
        word
        for word in found
        if len(word) > 1
        and not word.isdigit()
        and not lexicon.has("stop", word)
        and not lexicon.has("weak", word)
    ]


def _known(language: str) -> str:
    first = language.partition("-")[0].lower()
    return first if first.isascii() and first.isalpha() else "none"


def _joined(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
