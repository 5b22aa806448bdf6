"""What the words of a record lack. Pure: wishes and facts in, what to do out.

Like the scribe's own `recording/due.py`: nobody sends an order, whatever is wished and not yet made is due.
"""

import hashlib

from stentor.record.chapters import Chapter, chapters_json
from stentor.record.recording import Recording
from stentor.space.lifecycle import State
from stentor.space.record import Space


def is_to_hear(space: Space, recording: Recording) -> bool:
    """Whether its voices are to become a transcript, now or while it goes on."""
    is_wanted = space.is_recorded and not (recording.made.is_gone or recording.wishes.is_unwanted)
    return (
        is_wanted
        and space.timeline is not None
        and space.state is not State.DELETED
        and recording.wishes.transcript == 0
    )


def is_over(recording: Recording) -> bool:
    """Nothing of the voices comes any more."""
    return recording.made.has_all and recording.is_sealed


def is_to_publish(space: Space, recording: Recording) -> bool:
    """Whether texts, brief or chapters are not those that are wished.

    A removal waits for the programme's: until then the wish can be taken back, and nothing is given out.
    """
    wishes, made = recording.wishes, recording.made
    if not is_over(recording) or wishes.is_unwanted or made.is_gone or space.state is State.DELETED:
        return False
    if set(wishes.removed) != set(made.removed):
        return False
    lacks = (
        wishes.transcript != made.transcript,
        wishes.transcript != 0 and wishes.brief == 0,
        wishes.brief != made.brief,
        wishes.transcript != 0 and wishes.brief_asked != made.brief_asked,
        set(wishes.removed) != set(made.words_removed),
        chapters_of(wishes.chapters) != made.chapters_of,
    )
    return any(lacks)


def is_to_translate(space: Space, recording: Recording) -> bool:
    """Whether the texts are on the shelf, and not in the languages that are wished."""
    wishes, made = recording.wishes, recording.made
    return _has_texts(space, recording) and set(wishes.languages) != set(made.languages)


def is_to_ask_model(space: Space, recording: Recording) -> bool:
    """Whether the texts are on the shelf, with a machine's brief that the language model may better."""
    return _has_texts(space, recording) and recording.made.waits_for_model


def _has_texts(space: Space, recording: Recording) -> bool:
    """All of them, as they are wished, and nobody is being removed."""
    wishes, made = recording.wishes, recording.made
    is_ready = is_over(recording) and not is_to_publish(space, recording) and made.transcript != 0
    is_gone = wishes.is_unwanted or made.is_gone or space.state is State.DELETED
    return is_ready and not is_gone and set(wishes.removed) == set(made.removed)


def chapters_of(chapters: tuple[Chapter, ...]) -> str:
    """One hash of hosts' own chapters; empty without any."""
    return hashlib.sha256(chapters_json(chapters)).hexdigest() if chapters else ""
