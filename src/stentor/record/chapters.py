"""Chapters: where in the record something new begins, and what it is called. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stentor.errors import BadInput, OutOfRange
from stentor.limits import CHAPTERS_MAX, TITLE_LENGTH_MAX
from stentor.read_json import read_json


@dataclass(frozen=True, slots=True)
class Chapter:
    """One of them.

    Args:
        start_ms: record time.
        is_machine: found by the brief, not set by a host.
    """

    start_ms: int
    title: str
    is_machine: bool = False

    def __post_init__(self) -> None:
        if self.start_ms < 0:
            raise BadInput(f"A chapter begins at {self.start_ms} ms; the record begins at 0.")
        if not 1 <= len(self.title) <= TITLE_LENGTH_MAX:
            raise BadInput(
                f"A chapter's title has {len(self.title)} characters; it must have 1 to {TITLE_LENGTH_MAX}."
            )


def in_order(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """By their beginnings; of two that begin together the later given. Raises: OutOfRange: too many."""
    by_start = {chapter.start_ms: chapter for chapter in chapters}
    if len(by_start) > CHAPTERS_MAX:
        raise OutOfRange("Chapters", len(by_start), lowest=0, highest=CHAPTERS_MAX)
    return tuple(by_start[start_ms] for start_ms in sorted(by_start))


def chapters_of_json(data: bytes) -> tuple[Chapter, ...]:
    """What `chapters_json` wrote. Raises: BadInput: something else."""
    try:
        listed = read_json(data)["chapters"]
        return tuple(Chapter(round(told["startTime"] * 1000), told["title"]) for told in listed)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"These are not chapters: {error}.") from None


def chapters_json(chapters: Iterable[Chapter]) -> bytes:
    """`application/json+chapters`. Source: the Podcasting 2.0 namespace, jsonChapters 1.2."""
    listed: list[dict[str, Any]] = [
        {"startTime": chapter.start_ms / 1000, "title": chapter.title} for chapter in chapters
    ]
    return json.dumps({"version": "1.2.0", "chapters": listed}, ensure_ascii=False).encode()
