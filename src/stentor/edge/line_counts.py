"""What a gate counts of a line: tickets, who came in, who was refused, who is still here. Pure.

Comes in: single events, at a gate. Goes out: one report a second; their sum over an edge's gates for its
beat. Never: a message per event; an address, a ticket's id.

Events that only add up (`asked`, `joined`, `came`, `refused`) are told as totals since the process began, so
that a lost message loses nobody; what is told by bucket is of the time since the message before, since the
line takes it as what has just happened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

BUCKETS_TOLD_MAX: Final = 64
SPACES_MAX: Final = 10_000
PARTS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One Space's line at one gate, or a whole edge.

    Args:
        tickets: given out since the last report, by bucket; at most BUCKETS_TOLD_MAX of them.
        joined: tickets that were changed for a seat. came: seated without a ticket, no pass shown.
        refused: turned away without a place (429, shed). asked: tickets given out. Since the process began.
        here: signs of presence since the last report, by bucket.
    """

    tickets: Mapping[int, int] = field(default_factory=dict)
    joined: int = 0
    came: int = 0
    refused: int = 0
    asked: int = 0
    here: Mapping[int, int] = field(default_factory=dict)

    @property
    def arrived(self) -> int:
        """People who have come: with a ticket, or straight in."""
        return self.asked + self.came

    def as_json(self) -> dict[str, Any]:
        """Zeros are left out."""
        totals = {"joined": self.joined, "came": self.came, "refused": self.refused, "asked": self.asked}
        by_bucket = {"tickets": self.tickets, "here": self.here}
        return {name: count for name, count in totals.items() if count} | {
            name: sorted(counts.items()) for name, counts in by_bucket.items() if counts
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Raises: TypeError, ValueError, AttributeError: not counts of a line."""
        totals = {name: int(facts.get(name, 0)) for name in ("joined", "came", "refused", "asked")}
        tickets, here = _buckets(facts.get("tickets", ())), _buckets(facts.get("here", ()))
        if min(totals.values()) < 0:
            raise ValueError("negative")
        return cls(tickets=tickets, here=here, **totals)

    def plus(self, other: "LineCounts") -> "LineCounts":
        """Both together."""
        return LineCounts(
            tickets=coarse(Counter(self.tickets) + Counter(other.tickets)),
            joined=self.joined + other.joined,
            came=self.came + other.came,
            refused=self.refused + other.refused,
            asked=self.asked + other.asked,
            here=coarse(Counter(self.here) + Counter(other.here)),
        )


def coarse(counts: Mapping[int, int], *, at_most: int = BUCKETS_TOLD_MAX) -> dict[int, int]:
    """The same counts in at most so many buckets: neighbours are added to the first of them.

    The lobby, bucket 0, stays alone: it is called in one piece.
    """
    width = 1
    while True:
        found: dict[int, int] = {}
        first_of: dict[int, int] = {}
        for bucket in sorted(counts):
            group = 0 if bucket == 0 else 1 + (bucket - 1) // width
            first = first_of.setdefault(group, bucket)
            found[first] = found.get(first, 0) + counts[bucket]
        if len(found) <= at_most:
            return found
        width *= 2


@dataclass(slots=True)
class _Tally:
    tickets: Counter[int] = field(default_factory=Counter)
    here: Counter[int] = field(default_factory=Counter)
    joined: int = 0
    came: int = 0
    refused: int = 0
    asked: int = 0


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
            )
            tally.tickets, tally.here = Counter(), Counter()
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
            news = _since(before.get(space_id, LineCounts()), counts)
            self._sums[space_id] = self._sums.get(space_id, LineCounts()).plus(news)
        self._parts[part] = (boot, told)

    def taken(self) -> dict[str, LineCounts]:
        """Totals since the edge began; by bucket what is new since this was last asked."""
        told, self._sums = self._sums, {s: _totals(counts) for s, counts in self._sums.items()}
        return told


def _since(before: LineCounts, now: LineCounts) -> LineCounts:
    """What is new. A total that has fallen was forgotten with its Space and begins anew."""

    def more(was: int, is_now: int) -> int:
        return is_now - was if is_now >= was else is_now

    return LineCounts(
        now.tickets,
        more(before.joined, now.joined),
        more(before.came, now.came),
        more(before.refused, now.refused),
        more(before.asked, now.asked),
        now.here,
    )


def _totals(counts: LineCounts) -> LineCounts:
    return LineCounts(joined=counts.joined, came=counts.came, refused=counts.refused, asked=counts.asked)


def _buckets(told: Iterable[Any]) -> dict[int, int]:
    found = {int(bucket): int(count) for bucket, count in told}
    if len(found) > BUCKETS_TOLD_MAX or min((*found.keys(), *found.values()), default=0) < 0:
        raise ValueError("buckets")
    return found
