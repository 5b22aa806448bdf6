"""People: who somebody is in a Space, and how they appear on its stage."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stentor.errors import BadInput
from stentor.limits import NAME_LENGTH_MAX

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Overrides and embeddings; the marks that right-to-left texts need are no such."""


class Role(StrEnum):
    """What a person may do in a Space. Most listeners have no record, so no role either."""

    HOST = "host"
    COHOST = "cohost"
    SPEAKER = "speaker"
    LISTENER = "listener"
    """Somebody who has asked to speak, or was moved to the audience."""

    @property
    def may_lead(self) -> bool:
        """May move the Space through its life, invite and moderate."""
        return self in {Role.HOST, Role.COHOST}

    @property
    def may_speak(self) -> bool:
        """May be on stage."""
        return self is not Role.LISTENER


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on stage.

    Args:
        id: stable for an invitation, so that a rejoin is the same person.
        muted: nothing of this person is mixed.
        is_locked: muted by a host, who alone can undo it.
        is_source: no person but a programme.
        is_away: the connection is lost; the place is kept for a while.
    """

    id: str
    name: str
    role: Role
    muted: bool = False
    is_locked: bool = False
    is_source: bool = False
    is_away: bool = False

    def as_json(self) -> dict[str, object]:
        """As in the tick, where what is the usual case is not said."""
        marks = {"locked": self.is_locked, "source": self.is_source, "away": self.is_away}
        who: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "role": self.role.value,
            "muted": self.muted,
        }
        return who | {mark: True for mark, holds in marks.items() if holds}


def checked_name(text: str) -> str:
    """A display name without control characters. Raises: BadInput: empty or too long."""
    name = plain_text(text)
    if not 1 <= len(name) <= NAME_LENGTH_MAX:
        raise BadInput(f"A name has {len(name)} characters; it must have 1 to {NAME_LENGTH_MAX}.")
    return name


def plain_lines(text: str) -> str:
    """Text of several lines without control characters (a terminal obeys them) and without directions that
    would write what follows backwards."""
    return "".join(c for c in text if c in "\n\t" or not (_is_control(c) or c in _DIRECTIONS))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}


def plain_text(text: str) -> str:
    """One line without control characters and runs of blanks."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
