"""A host corrects a transcript: one version in, the next one out. Pure.

Words that stay keep their times; new ones share the time of what they replace, so every line of an edited
transcript still plays from its second. Never: a version changed in place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any, Final, Self

from stentor.errors import BadInput
from stentor.record.sentences import sentence_starts
from stentor.record.transcript import Transcript, Turn, Word, bare
from stentor.space.people import plain_text

TURN_LENGTH_MAX: Final = 20_000
"""Characters; the longest turn that the machine makes is a minute's talk, about 1,500."""

_SAME_PAIRS_MAX: Final = 20_000
"""Pairs of a word of before and the same one of after: a turn of 2,000 words of a language has them."""


@dataclass(frozen=True, slots=True)
class TurnEdit:
    """What is to become of one turn. None, False: that stays.

    Args:
        person_id: it was said by somebody else.
    """

    turn_id: str
    text: str | None = None
    person_id: str | None = None
    is_removed: bool = False

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """`{"id", "text"?, "person"?, "removed"?}`. Raises: BadInput: names the turn and what is wrong."""
        if not isinstance(data, dict) or not isinstance(data.get("id"), str):
            raise BadInput('Each edited turn must be an object with its "id".')
        turn_id = data["id"]
        allowed = {"id": str, "text": str, "person": str, "removed": bool}
        for key, value in data.items():
            if key not in allowed or not isinstance(value, allowed[key]):
                raise BadInput(
                    f'The turn {turn_id[:60]!r} has {key[:60]!r}; a turn takes "text", "person" or "removed".'
                )
        text = data.get("text")
        if text is not None:
            text = plain_text(text)
            if not 1 <= len(text) <= TURN_LENGTH_MAX:
                raise BadInput(
                    f"The text of the turn {turn_id[:60]!r} has {len(text)} characters; it must have 1 to "
                    f'{TURN_LENGTH_MAX}. To take it out, send "removed": true.'
                )
        return cls(turn_id, text, data.get("person"), data.get("removed", False))


def edited(transcript: Transcript, edits: Sequence[TurnEdit], *, by: str, made_ms: int) -> Transcript:
    """The next version; the same one when nothing changes.

    Args:
        by: who edits, as shown.
    Raises: BadInput: an unknown or repeated turn, somebody who has no voice in this record; names the turn.
    """
    wanted: dict[str, TurnEdit] = {}
    known = {turn.id for turn in transcript.turns}
    for edit in edits:
        if edit.turn_id in wanted:
            raise BadInput(f"The turn {edit.turn_id[:60]!r} is edited twice.")
        if edit.turn_id not in known:
            raise BadInput(f"Version {transcript.version} has no turn {edit.turn_id[:60]!r}.")
        if edit.person_id is not None and edit.person_id not in transcript.names:
            raise BadInput(
                f"The turn {edit.turn_id[:60]!r} is given to {edit.person_id[:60]!r}, who has no voice here."
            )
        wanted[edit.turn_id] = edit
    turns = tuple(
        _edited(turn, wanted[turn.id]) if turn.id in wanted else turn
        for turn in transcript.turns
        if turn.id not in wanted or not wanted[turn.id].is_removed
    )
    if turns == transcript.turns:
        return transcript
    return replace(
        transcript, version=transcript.version + 1, turns=turns, is_machine=False, by=by, made_ms=made_ms
    )


def _edited(turn: Turn, edit: TurnEdit) -> Turn:
    if edit.person_id is not None:
        turn = replace(turn, person_id=edit.person_id)
    if edit.text is None or edit.text == turn.text:
        return turn
    words = retimed(turn.words, edit.text.split())
    return replace(turn, words=words, sentences=sentence_starts(words), is_edited=True)


def retimed(words: Sequence[Word], texts: Sequence[str]) -> tuple[Word, ...]:
    """These texts with times: from the same word where it stands, else shared out of what they replace.

    Args:
        words: at least one.
        texts: at least one, without blanks.
    Bounds: 0.1 s; where words come again so often that finding the same ones would take longer, the new ones
        share the time of all that are between the first and the last that differ.
    """
    found: list[Word] = []
    for kind, first, end, new_first, new_end in _changes(
        [bare(w.text) for w in words], list(map(bare, texts))
    ):
        new = texts[new_first:new_end]
        if kind == "equal":
            found += (
                word if word.text == text else replace(word, text=text, confidence=1.0)
                for word, text in zip(words[first:end], new, strict=True)
            )
        elif new:
            found += spread(new, *_room(words, first, end))
    return tuple(found)


def _changes(before: Sequence[str], after: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """As `SequenceMatcher.get_opcodes`: what is equal, and what stands where something else stood.

    Source: measured; 2,000 words that are all «a» or «b» kept a core busy for 66 s.
    """
    counts, others = Counter(before), Counter(after)
    if sum(count * others[text] for text, count in counts.items()) <= _SAME_PAIRS_MAX:
        return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    head = _same_count(before, after)
    rest = min(len(before), len(after)) - head
    tail = min(rest, _same_count(before[::-1], after[::-1]))
    end, new_end = len(before) - tail, len(after) - tail
    return [
        ("equal", 0, head, 0, head),
        ("replace", head, end, head, new_end),
        ("equal", end, len(before), new_end, len(after)),
    ]


def _same_count(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many of the same they begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _room(words: Sequence[Word], first: int, end: int) -> tuple[int, int]:
    """From when to when the words `first` to `end` were said; for none the pause at that place."""
    if first < end:
        return words[first].start_ms, words[end - 1].end_ms
    start_ms = words[first - 1].end_ms if first else words[0].start_ms
    end_ms = words[first].start_ms if first < len(words) else words[-1].end_ms
    return start_ms, max(start_ms, end_ms)


def spread(texts: Sequence[str], start_ms: int, end_ms: int) -> list[Word]:
    """Long words take longer to say."""
    whole = sum(map(len, texts))
    found, before = [], 0
    for text in texts:
        after = before + len(text)
        begin_ms = start_ms + (end_ms - start_ms) * before // whole
        found.append(Word(text, begin_ms, start_ms + (end_ms - start_ms) * after // whole, 1.0))
        before = after
    return found
