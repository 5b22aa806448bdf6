"""The list of public Spaces: on the air, coming, over; searched. Pure.

Comes in: the records, names of hosts, how many are on stage. Goes out: `spaces.json`. Never: a private Space,
a deleted one; more than a page can show.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from stentor.space.lifecycle import State
from stentor.space.record import Space

EACH_MAX: Final = 200
"""Of each kind: about 100 KB in all, 15 packed."""
DESCRIPTION_MAX: Final = 160
WORDS_MAX: Final = 8


class Kind(StrEnum):
    """What `state=` may ask for; each is a section of the home page."""

    ON_AIR = "on_air"
    SCHEDULED = "scheduled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class _Item:
    kind: Kind
    haystack: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as it is now, prepared for searches.

    Bounds: EACH_MAX of each kind; a search looks at all of them once.
    """

    items: tuple[_Item, ...]

    @classmethod
    def of(
        cls,
        spaces: Iterable[Space],
        *,
        hosts: Callable[[str], tuple[str, ...]],
        people: Callable[[str], int | None],
    ) -> "Listing":
        """What is on the air with the newest first; then what comes, the soonest first; then what is over."""
        by_kind: dict[Kind, list[Space]] = {kind: [] for kind in Kind}
        for space in spaces:
            if not space.is_private and space.state is not State.DELETED:
                by_kind[kind_of(space)].append(space)
        by_kind[Kind.ON_AIR].sort(key=lambda s: (-(s.on_air_ms or 0), s.id))
        # Whose host has set no date comes when the host comes: after those with one.
        by_kind[Kind.SCHEDULED].sort(key=lambda s: (s.starts_ms is None, s.starts_ms or s.created_ms, s.id))
        by_kind[Kind.ENDED].sort(key=lambda s: (-(s.ended_ms or 0), s.id))
        return cls(
            tuple(
                _Item(kind, _searchable(f"{space.title} {' '.join(hosts(space.id))} {space.description}"),
                      _facts(space, hosts(space.id), people(space.id)))
                for kind, found in by_kind.items()
                for space in found[:EACH_MAX]
            )
        )  # fmt: skip

    def encoded(self, *, words: str = "", kind: Kind | None = None) -> bytes:
        """The answer: every word must begin a word of title, hosts or description; accents do not count."""
        wanted = [f" {word}" for word in _searchable(words).split()[:WORDS_MAX]]
        items = [
            item.facts
            for item in self.items
            if kind in {None, item.kind} and all(word in item.haystack for word in wanted)
        ]
        return json.dumps({"items": items}, separators=(",", ":"), ensure_ascii=False).encode()


def kind_of(space: Space) -> Kind:
    if space.state.has_programme:
        return Kind.ON_AIR
    return Kind.ENDED if space.state.is_over else Kind.SCHEDULED


def excerpt(text: str, length_max: int) -> str:
    """One line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length_max:
        return line
    cut = line[:length_max]
    whole = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return whole.rstrip(",;:.– ") + "…"


def _facts(space: Space, hosts: tuple[str, ...], people: int | None) -> dict[str, Any]:
    return {
        "id": space.id,
        "title": space.title,
        "description": excerpt(space.description, DESCRIPTION_MAX),
        "state": space.state.value,
        "starts_ms": space.starts_ms,
        "on_air_ms": space.on_air_ms,
        "ended_ms": space.ended_ms,
        "people": people,
        "hosts": hosts,
    }


def _searchable(text: str) -> str:
    """Small letters without accents, words with one blank before each."""
    flat = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " " + " ".join("".join(c if c.isalnum() else " " for c in flat).split())
