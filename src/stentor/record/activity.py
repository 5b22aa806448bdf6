"""Who was heard in which chunks, from the ticks: lanes, jumps and skipped silence need no transcript. Pure.

Comes in: ticks, in any order, some twice. Goes out: ranges of chunks, counted from the record's first. Never:
a word, a level.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from stentor.errors import BadInput
from stentor.limits import CHUNK_MS
from stentor.read_json import read_json
from stentor.space.tick import merged
from stentor.space.timeline import RECORD_FIRST

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """One record's.

    Args:
        speaking: person → [first, last] of each stretch of chunks, ascending.
        names, roles: of everybody who was on stage, as they were last.
        sources: who of them is a programme (an encoder, a file), not a person.
    """

    chunks: int
    speaking: Mapping[str, Ranges] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    sources: frozenset[str] = frozenset()

    @classmethod
    def of_ticks(cls, ticks: Iterable[Mapping[str, Any]], *, chunks: int) -> Self:
        """Args: chunks: how many the programme has; what ticks say of later ones is left out."""
        by_number = {tick["n"]: tick for tick in ticks if 0 <= tick["n"] - RECORD_FIRST < chunks}
        known: dict[str, Any] = {}
        heard: dict[str, list[tuple[int, int]]] = {}
        people: dict[str, Mapping[str, Any]] = {}
        for number in sorted(by_number):
            known = merged(known, by_number[number])
            people |= {person["id"]: person for person in known.get("people", ())}
            index = number - RECORD_FIRST
            for person in known.get("speaking", ()):
                stretches = heard.setdefault(person, [])
                if stretches and stretches[-1][1] == index - 1:
                    stretches[-1] = (stretches[-1][0], index)
                else:
                    stretches.append((index, index))
        return cls(
            chunks,
            {person: tuple(stretches) for person, stretches in heard.items()},
            {person: told.get("name", "") for person, told in people.items()},
            {person: told.get("role", "") for person, told in people.items()},
            frozenset(person for person, told in people.items() if told.get("source")),
        )

    def without(self, removed: Iterable[str]) -> Self:
        """The same without these people."""
        gone = frozenset(removed)
        return replace(
            self,
            speaking={person: found for person, found in self.speaking.items() if person not in gone},
            names={person: name for person, name in self.names.items() if person not in gone},
            roles={person: role for person, role in self.roles.items() if person not in gone},
            sources=self.sources - gone,
        )

    def as_bytes(self) -> bytes:
        told = {
            "step_ms": CHUNK_MS,
            "chunks": self.chunks,
            "speaking": self.speaking,
            "names": self.names,
            "roles": self.roles,
            "sources": sorted(self.sources),
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises: BadInput: not an activity."""
        try:
            read = read_json(data)
            speaking = {
                person: tuple((first, last) for first, last in found)
                for person, found in read["speaking"].items()
            }
            return cls(read["chunks"], speaking, read["names"], read["roles"], frozenset(read["sources"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"This is not an activity: {error}.") from None
