"""What a gate counts of a line: tickets, who came in, who was refused, who is still here. Pure.

Comes in: single events, at a gate. Goes out: one report a second; their sum over an edge's gates for its
beat. Never: a message per event; an address, a ticket's id.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from stentor.admission.line.counts import LineCounts, coarse

SPACES_MAX: Final = 10_000
PARTS_MAX: Final = 256


@dataclass(slots=True)
class _Tally:
    tickets: Counter[int] = field(default_factory=Counter)
    here: Counter[int] = field(default_factory=Counter)
    joined: int = 0
    came: int = 0
    refused: int = 0
    asked: int = 0
    standing: int = 0


class LineTable:
    """What has happened at one gate.

    Bounds: SPACES_MAX Spaces; events of others are not counted. A bucket is a second of a ticket's life, so a
        Space has at most as many as that has seconds.
    """

    def __init__(self) -> None:
        self._spaces: dict[str, _Tally] = {}

    def ticket(self, space_id: str, bucket: int) -> None:
        """A ticket was given out."""
        tally = self._of(space_id)
        tally.tickets[bucket] += 1
        tally.asked += 1

    def joined(self, space_id: str) -> None:
        """A ticket was changed for a seat."""
        self._of(space_id).joined += 1

    def came(self, space_id: str) -> None:
        """Somebody without a ticket or a pass was seated."""
        self._of(space_id).came += 1

    def refused(self, space_id: str) -> None:
        """Somebody was sent away without a place in the line."""
        self._of(space_id).refused += 1

    def here(self, space_id: str, bucket: int) -> None:
        """Somebody with a ticket of this bucket says that they still wait."""
        self._of(space_id).here[bucket] += 1

    def stands(self, space_id: str) -> None:
        """Somebody whose ticket is called found no seat."""
        self._of(space_id).standing += 1

    def told(self, *, is_over: Callable[[str], bool]) -> dict[str, LineCounts]:
        """What the report says; to be asked once per report.

        Args:
            is_over: of a Space that is, nothing more is told or kept.
        """
        for space_id in [space_id for space_id in self._spaces if is_over(space_id)]:
            del self._spaces[space_id]
        found = {}
        for space_id, tally in sorted(self._spaces.items()):
            found[space_id] = LineCounts(
                coarse(tally.tickets),
                tally.joined,
                tally.came,
                tally.refused,
                tally.asked,
                coarse(tally.here),
                tally.standing,
            )
            tally.tickets, tally.here, tally.standing = Counter(), Counter(), 0
        return found

    def _of(self, space_id: str) -> _Tally:
        found = self._spaces.get(space_id)
        if found is None:
            if len(self._spaces) >= SPACES_MAX:
                return _Tally()
            found = self._spaces[space_id] = _Tally()
        return found


class LineSum:
    """The lines of all gates of an edge, between two beats.

    Bounds: PARTS_MAX gates, SPACES_MAX Spaces.
    """

    def __init__(self) -> None:
        self._parts: dict[str, tuple[str, Mapping[str, LineCounts]]] = {}
        self._sums: dict[str, LineCounts] = {}

    def heard(self, part: str, boot: str, told: Mapping[str, LineCounts]) -> None:
        """Takes a report; what is more than in the part's last one is new."""
        known = self._parts.get(part)
        if known is None and len(self._parts) >= PARTS_MAX:
            return
        before = known[1] if known is not None and known[0] == boot else {}
        for space_id, counts in told.items():
            if space_id not in self._sums and len(self._sums) >= SPACES_MAX:
                continue
            news = counts.since(before.get(space_id, LineCounts()))
            self._sums[space_id] = self._sums.get(space_id, LineCounts()).plus(news)
        self._parts[part] = (boot, told)

    def taken(self) -> dict[str, LineCounts]:
        """Totals since the edge began; by bucket what is new since this was last asked."""
        told, self._sums = self._sums, {name: counts.totals for name, counts in self._sums.items()}
        return told
