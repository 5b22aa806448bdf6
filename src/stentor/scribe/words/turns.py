"""Utterances of all voices become turns in the order in which a reader follows them. Pure.

One person's utterances with short pauses are one turn. Who says something inside another's turn stands after
the sentence (or the pause) in which it fell, and the other goes on in a turn after it: so the words before an
«mm hmm» stand before it. Where the other ends without such a place, the order is that of the beginnings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from stentor.record.sentences import ends_sentence, sentence_starts
from stentor.record.transcript import Turn, Word
from stentor.scribe.words.bleed import without_bleed
from stentor.scribe.words.spoken import Spoken

_SAME_TURN_MS: Final = 2_000
"""A longer pause of one person begins a new turn, a new paragraph for the reader."""
_TURN_MS_MAX: Final = 60_000
"""A monologue gets a paragraph a minute, at a sentence's end."""
_PLACE_WITHIN_MS: Final = 6_000
_PAUSE_MS: Final = 400


def turns_of(utterances: Iterable[Spoken]) -> tuple[Turn, ...]:
    """By their beginnings, with lasting ids `t1`, `t2`, …"""
    groups: list[list[Spoken]] = []
    for piece in _in_order(_punctuated(without_bleed(list(utterances)))):
        if groups and _goes_on(groups[-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return tuple(_turn(f"t{number}", group) for number, group in enumerate(groups, 1))


def _punctuated(utterances: Iterable[Spoken]) -> list[Spoken]:
    """With the full stops and capitals that an engine forgets at an utterance's ends, where a pause proves
    them. Readers and sentences need them; no word changes."""
    found: list[Spoken] = []
    of_person: dict[str, int] = {}
    for one in utterances:
        before = of_person.get(one.person_id)
        last = None if before is None else found[before]
        if last is None or _begins_anew(last, one):
            first = one.words[0].text
            one = _with_word(one, 0, first[0].upper() + first[1:])  # noqa: PLW2901  # the same one
            if before is not None:
                found[before] = _with_word(found[before], -1, _closed(found[before].words[-1].text))
        of_person[one.person_id] = len(found)
        found.append(one)
    for at in of_person.values():
        found[at] = _with_word(found[at], -1, _closed(found[at].words[-1].text))
    return found


def _begins_anew(last: Spoken, one: Spoken) -> bool:
    """Whether a person's utterance is no part of the sentence before."""
    is_far = _start_ms(one) - last.words[-1].end_ms > _SAME_TURN_MS
    return is_far or not (last.is_cut or one.words[0].text[0].islower())


def _with_word(one: Spoken, at: int, text: str) -> Spoken:
    words = list(one.words)
    words[at] = replace(words[at], text=text)
    return replace(one, words=tuple(words))


def _closed(text: str) -> str:
    return text + "." if text[-1].isalnum() else text


def _in_order(utterances: Sequence[Spoken]) -> list[Spoken]:
    """By their beginnings, each cut where another's fell into it and a reader can stop.

    Args:
        utterances: by their beginnings.
    """
    pieces: list[Spoken] = []
    for index, one in enumerate(utterances):
        rest = one
        for other in _until(one.end_ms, utterances[index + 1 :]):
            if other.person_id == one.person_id:
                continue
            at = _place(rest.words, after_ms=_start_ms(other))
            if at is not None:
                pieces.append(replace(rest, words=rest.words[:at]))
                rest = replace(rest, words=rest.words[at:])
        pieces.append(rest)
    return sorted(pieces, key=lambda piece: (_start_ms(piece), piece.person_id))


def _until(end_ms: int, utterances: Sequence[Spoken]) -> Iterator[Spoken]:
    return takewhile(lambda one: one.start_ms < end_ms, utterances)


def _place(words: Sequence[Word], *, after_ms: int) -> int | None:
    """The first word from which a turn may go on after somebody else spoke; None: there is none near."""
    for at in range(1, len(words)):
        if words[at].start_ms < after_ms:
            continue
        if words[at].start_ms > after_ms + _PLACE_WITHIN_MS:
            return None
        is_pause = words[at].start_ms - words[at - 1].end_ms >= _PAUSE_MS
        if is_pause or ends_sentence(words[at - 1].text):
            return at
    return None


def _goes_on(group: Sequence[Spoken], piece: Spoken) -> bool:
    first, last = group[0], group[-1]
    if piece.person_id != last.person_id or _start_ms(piece) - last.words[-1].end_ms > _SAME_TURN_MS:
        return False
    is_long = last.words[-1].end_ms - first.words[0].start_ms > _TURN_MS_MAX
    return not (is_long and ends_sentence(last.words[-1].text))


def _turn(turn_id: str, group: Sequence[Spoken]) -> Turn:
    """Args: group: utterances of one person, by their beginnings."""
    words = tuple(word for one in group for word in one.words)
    return Turn(turn_id, group[0].person_id, words, sentence_starts(words))


def _start_ms(one: Spoken) -> int:
    return one.words[0].start_ms
