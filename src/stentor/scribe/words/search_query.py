"""What strangers type into a search, and what they are shown of a hit. Pure.

Comes in: a query as it was typed, a turn as the index has marked it. Goes out: an FTS5 expression of quoted
strings, a line with the places of the marks. Never: a stranger's word as syntax: AND, NEAR, `*` and column
names are words to look for like any other.

Source: the SQLite documentation, FTS5, section 3 (a string in double quotes is only ever a phrase).
"""

import re
from dataclasses import dataclass
from typing import Final

QUERY_LENGTH_MAX: Final = 200
PARTS_MAX: Final = 12
"""Words and phrases; what is typed after them is not looked for."""
EXCERPT_LENGTH_MAX: Final = 200
PREFIX_LENGTH_MIN: Final = 2
"""One letter begins a tenth of all words: that is no search, and it costs the most."""
OPEN: Final = "\x02"
CLOSE: Final = "\x03"
"""Around what was found. Neither is ever in a turn: `plain` takes them out."""
_BEFORE: Final = 60
"""How much of the turn stands before the first mark."""
_PART: Final = re.compile(r'"([^"]*)"?|([^\s"]+)')
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a turn.

    Args:
        marks: [from, to) of each place that was found, in characters of `text`.
        word: the index in the turn of the first word that was found.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    word: int


def plain(text: str) -> str:
    """A turn's text without anything that could be taken for a mark."""
    return _CONTROL.sub(" ", text)


def expression_of(query: str) -> str:
    """Every word and every "phrase" must be there; the last word may be the beginning of one.

    Returns: empty: there is nothing in it to look for.
    """
    found: list[tuple[str, bool]] = []
    for match in _PART.finditer(plain(query)[:QUERY_LENGTH_MAX]):
        phrase, word = match.groups()
        text = word if phrase is None else phrase
        if any(letter.isalnum() for letter in text):
            found.append((text, phrase is None))
    parts = [f'"{text}"' for text, _ in found[:PARTS_MAX]]
    if parts:
        last, is_word = found[len(parts) - 1]
        is_typed = len(found) <= PARTS_MAX and not query[-1:].isspace()
        if is_word and is_typed and last[-1].isalnum() and len(last) >= PREFIX_LENGTH_MIN:
            parts[-1] += "*"
    return " AND ".join(parts)


def excerpt_of(marked: str) -> Excerpt:
    """The piece of a marked turn around its first mark, cut between words."""
    first = max(0, marked.find(OPEN))
    word = marked[:first].count(" ")
    begin = 0 if first <= _BEFORE else marked.rfind(" ", 0, first - _BEFORE) + 1
    text, marks, opened = "…" if begin else "", [], 0
    for letter in marked[begin:]:
        if letter == OPEN:
            opened = len(text)
        elif letter == CLOSE:
            marks.append((opened, len(text)))
        elif len(text) < EXCERPT_LENGTH_MAX - 1:
            text += letter
        else:
            return _cut(text, tuple(marks), word)
    return Excerpt(text, tuple(marks), word)


def _cut(text: str, marks: tuple[tuple[int, int], ...], word: int) -> Excerpt:
    """Without the word that did not fit."""
    whole = text.rpartition(" ")[0] or text
    return Excerpt(f"{whole}…", tuple((a, b) for a, b in marks if b <= len(whole)), word)
