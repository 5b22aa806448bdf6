"""A transcript as a file that somebody edits: a line for each turn, behind its id and its speaker. Pure.

    version 3
    [t1 maya] Buses cost the city 82 million a year.
    [t2 daniel] And who pays for that?

A line whose words are taken away removes its turn; a line that is missing changes nothing.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from stentor.client.record_models import TranscriptTold, TurnTold
from stentor.errors import BadInput

_HEAD: Final = re.compile(r"version (\d{1,7})")
_TURN: Final = re.compile(r"\[(\S+) (\S+)\](.*)")


def written(transcript: TranscriptTold) -> str:
    """As `changes` reads it."""
    lines = (f"[{turn.id} {turn.person_id}] {text_of(turn)}" for turn in transcript.turns)
    return "\n".join((f"version {transcript.version}", *lines)) + "\n"


def version_of(file: str) -> int:
    """The version that the file was made from. Raises: BadInput: it does not say."""
    found = _HEAD.fullmatch(file.partition("\n")[0].strip())
    if found is None:
        raise BadInput(
            "The first line must be `version` and its number; `transcript show --to-edit` writes it."
        )
    return int(found[1])


def changes(file: str, transcript: TranscriptTold) -> list[dict[str, Any]]:
    """What the file says otherwise than the version that it was made from, as the stage door takes it.

    Raises: BadInput: a line that is none; names its number.
    """
    known = {turn.id: turn for turn in transcript.turns}
    found = []
    for number, turn_id, person_id, text in _turns(file):
        turn = known.get(turn_id)
        if turn is None:
            raise BadInput(f"Line {number}: version {transcript.version} has no turn {turn_id!r}.")
        wanted: dict[str, Any] = {}
        if not text:
            wanted = {"removed": True}
        else:
            if text != text_of(turn):
                wanted["text"] = text
            if person_id != turn.person_id:
                wanted["person"] = person_id
        if wanted:
            found.append({"id": turn_id, **wanted})
    return found


def text_of(turn: TurnTold) -> str:
    return " ".join(word.text for word in turn.words)


def _turns(file: str) -> Iterator[tuple[int, str, str, str]]:
    for number, line in enumerate(file.splitlines()[1:], start=2):
        if not line.strip():
            continue
        found = _TURN.fullmatch(line.strip())
        if found is None:
            raise BadInput(f"Line {number} must begin with a turn and its speaker, such as [t1 maya].")
        yield number, found[1], found[2], " ".join(found[3].split())
