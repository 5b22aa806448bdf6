"""Figures, dates and names in a piece of talk, as they were said. Pure.

Comes in: a sentence, a language's table. Goes out: runs of its own words: «eighty two million euros», «14 %»,
«March 2013», «Tallinn». Never: a number in another form than it was said in.
"""

import re
from collections.abc import Sequence
from typing import Final

from stentor.scribe.brief.lexicon import Lexicon, plain

_DIGITS: Final = re.compile(
    r"^[\(\[\"'“«]*[$€£¥+\-−–]?\d[\d.,:/\u202f\u00a0]*(?:st|nd|rd|th|er|e|%|‰|k|m|bn|€|\$|£|°|h|km|kg)*\W*$",
    re.I,
)
_EDGES: Final = re.compile(r"^\W+|\W+$")
_SMALL_MAX: Final = 10
"""A number below it is a figure only before a unit: «two things» is none, «two euros» is one."""
_DIGITS_MAX: Final = 12
_ENDS: Final = (".", ",", ";", ":", "?", "!", "…")
_PRONOUNS: Final = frozenset({"i", "i'm", "i'll", "i've", "i'd"})


def figures(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Numbers with their unit, in order.

    Args:
        words: of one sentence, with their punctuation.
    """
    bare = [_bare(word) for word in words]
    found: list[str] = []
    at = 0
    while at < len(words):
        end = _number_end(words, bare, at, lexicon)
        if end == at:
            at += 1
            continue
        is_measured = _is_unit(words, bare, end, lexicon)
        with_unit = end + (is_measured or _is_counted(words, bare, end, lexicon))
        if is_measured or _is_large(words, bare, at, end, lexicon):
            has_article = at > 0 and lexicon.has("shares", bare[at]) and lexicon.has("stop", bare[at - 1])
            found.append(_trimmed(words[at - has_article : with_unit]))
        at = with_unit
    return found


def names(words: Sequence[str], lexicon: Lexicon, *, known: frozenset[str] = frozenset()) -> list[str]:
    """Runs of capitalised words that do not only begin the sentence.

    Args:
        known: lower-case words that are names even as a sentence's first word.
    """
    found: list[str] = []
    run: list[str] = []
    for index, word in enumerate(words):
        bare = _bare(word)
        begins = index == 0 or words[index - 1].endswith((".", "?", "!", "…", ":"))
        if _is_name(word, bare, lexicon) and (not begins or bare in known):
            run.append(word)
            if not word.endswith(_ENDS):
                continue
        if run:
            found.append(_trimmed(run))
            run = []
    if run:
        found.append(_trimmed(run))
    return found


def value(words: Sequence[str], lexicon: Lexicon) -> int | None:
    """What a run of number words says: «eighty two million» is 82,000,000; None: no number."""
    total = part = 0
    seen = False
    for word in (piece for text in words for piece in _bare(text).split("-")):
        number = lexicon.numbers.get(word)
        if number is None:
            if word not in _AND:
                return None
        elif number >= _THOUSAND:
            total, part, seen = total + max(part, 1) * number, 0, True
        elif number == _HUNDRED:
            part, seen = max(part, 1) * number, True
        else:
            part, seen = part + number, True
    return total + part if seen else None


_HUNDRED, _THOUSAND = 100, 1000
_AND: Final = frozenset({"and", "et", "a"})


def _number_end(words: Sequence[str], bare: Sequence[str], at: int, lexicon: Lexicon) -> int:
    """Where the number that begins here ends; `at` when none does."""
    end = at
    while end < len(words) and _is_number(words, bare, end, lexicon):
        end += 1
        if words[end - 1].endswith(_ENDS):
            return end
        if (
            end + 1 < len(words)
            and _goes_on(bare, end, lexicon)
            and _is_number(words, bare, end + 1, lexicon)
        ):
            end += 1
    return end


def _goes_on(bare: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether this word joins two numbers into one: «two hundred *and* six», «four *point* eight»."""
    if lexicon.has("decimal", bare[at]):
        return True
    before = lexicon.numbers.get(bare[at - 1], 0)
    return (bare[at] == "and" and before >= _HUNDRED) or (bare[at] == "et" and before >= _SMALL_MAX)


def _is_unit(words: Sequence[str], bare: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether what follows a number is what it is measured in."""
    if at >= len(words) or words[at - 1].endswith(_ENDS):
        return False
    is_month = lexicon.has("months", bare[at])
    return is_month or lexicon.has("units", bare[at]) or words[at].strip(".,;?!") in {"%", "€", "$", "£"}


def _is_counted(words: Sequence[str], bare: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether what follows a number is what is counted: «forty one *days*»."""
    if at >= len(words) or words[at - 1].endswith(_ENDS):
        return False
    is_plural = bare[at].endswith(("s", "x")) and not lexicon.has("stop", bare[at])
    return is_plural and words[at][:1].islower() and not lexicon.has("fractions", bare[at - 1])


def _is_large(words: Sequence[str], bare: Sequence[str], at: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a number without a unit is more than a way of speaking."""
    if digits := "".join(character for character in words[at] if character.isdigit()):
        return int(digits[:_DIGITS_MAX]) >= _SMALL_MAX or any(mark in words[at] for mark in "%€$£.,:")
    if any(lexicon.has(kind, word) for word in bare[at:end] for kind in ("fractions", "shares", "decimal")):
        return True
    said = value(words[at:end], lexicon)
    return said is not None and said >= _SMALL_MAX


def _is_number(words: Sequence[str], bare: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    if _DIGITS.match(words[at]):
        return True
    if lexicon.has("shares", bare[at]):
        # «A third» is a share, «the third» is an ordinal.
        return at > 0 and (lexicon.has("before_shares", bare[at - 1]) or bare[at - 1] in lexicon.numbers)
    parts = bare[at].split("-")
    return all(part in lexicon.numbers or lexicon.has("fractions", part) for part in parts)


def _is_name(word: str, bare: str, lexicon: Lexicon) -> bool:
    start = word.lstrip("\"'“‘«(")
    is_capital = start[:1].isupper() and any(character.isalpha() for character in start)
    is_word = lexicon.has("stop", bare) or lexicon.has("unnamed", bare) or bare in _PRONOUNS
    return is_capital and not is_word


def _bare(word: str) -> str:
    return _EDGES.sub("", plain(word))


def _trimmed(words: Sequence[str]) -> str:
    """The words without the punctuation at their edges; what belongs to a figure stays."""
    return " ".join(words).strip(' .,;:?!…"“”«»()')
