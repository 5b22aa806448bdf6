"""What is to be done for a Space's record now. Pure.

Comes in: the Space, its recording's wishes and facts, the time. Goes out: one work, the most pressing. Nobody
sends the scribe an order: whatever is wished and not yet made is due until it is made.
"""

import hashlib
import json
from enum import StrEnum

from stentor.record.recording import Recording
from stentor.space.lifecycle import State
from stentor.space.record import Space


class Work(StrEnum):
    RECORD = "record"
    """Follow the log to its end, then seal."""
    FORGET = "forget"
    """Nobody wanted a record: what the log holds of it goes."""
    PEOPLE = "people"
    """Somebody is to be heard in it no more."""
    DOWNLOADS = "downloads"
    """A format is wished, or the tags of those that are made are old."""
    REMOVE = "remove"
    """The record is unwanted, or its time is over."""
    TIDY = "tidy"
    """The shelf has all of it: the working folder goes, as the log does."""
    DELETE = "delete"
    """The Space is deleted, and that cannot be undone any more."""


def due(
    space: Space, recording: Recording, *, wall_ms: int, log_age_ms: int, has_folder: bool = False
) -> Work | None:
    """None: nothing now."""
    if space.state is State.DELETED:
        is_over = not space.is_off_shelf and wall_ms >= (space.over_at_ms or 0)
        return Work.DELETE if is_over else None
    if space.timeline is None or recording.made.is_gone:
        return None
    is_over = space.state is State.ENDED
    if is_over and _is_unwanted(recording, wall_ms=wall_ms):
        return Work.REMOVE
    if not space.is_recorded:
        return Work.FORGET if is_over and not recording.made.has_all else None
    if not recording.made.has_all:
        return Work.RECORD
    if recording.is_sealed and set(recording.wishes.removed) - set(recording.made.removed):
        return Work.PEOPLE
    # While words wait for a removal, chapters on the shelf may still be words of who goes.
    if recording.is_sealed and not recording.waits_for_removal and _lacks_downloads(space, recording):
        return Work.DOWNLOADS
    is_old = wall_ms >= (space.ended_ms or 0) + log_age_ms
    return Work.TIDY if has_folder and is_over and is_old else None


def tags_of(space: Space, recording: Recording) -> str:
    """One hash of whatever a download's title and chapters come from."""
    chapters = [[chapter.start_ms, chapter.title] for chapter in recording.wishes.chapters]
    told = json.dumps([space.title, chapters, recording.made.words_sha256])
    return hashlib.sha256(told.encode()).hexdigest()


def _is_unwanted(recording: Recording, *, wall_ms: int) -> bool:
    until_ms = recording.wishes.keep_until_ms
    return recording.wishes.is_unwanted or (until_ms is not None and wall_ms >= until_ms)


def _lacks_downloads(space: Space, recording: Recording) -> bool:
    is_wish_open = bool(set(recording.wishes.formats) - set(recording.made.formats))
    return is_wish_open or recording.made.tags_of != tags_of(space, recording)
