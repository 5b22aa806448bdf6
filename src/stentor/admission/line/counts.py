"""One Space's line in figures, as gates tell it to their edge and edges to the controller. Pure.

Comes in: counts. Goes out: the same as JSON, added up, made coarser. Never: a ticket's id, an address.

Events that only add up (`asked`, `joined`, `came`, `refused`) are told as totals since the process began, so
that a lost message loses nobody; what is told by bucket, and who stands at the door, is of the time since the
message before, since the line takes it as what has just happened.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

BUCKETS_TOLD_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One Space's line at one gate, or a whole edge.

    Args:
        tickets: given out since the last report, by bucket; at most BUCKETS_TOLD_MAX of them.
        joined: tickets that were changed for a seat. came: seated without a ticket, no pass shown.
        refused: turned away without a place (429, shed). asked: tickets given out. Since the process began.
        here: signs of presence since the last report, by bucket.
        standing: people with a called ticket who found no seat since the last report, each counted once.
    """

    tickets: Mapping[int, int] = field(default_factory=dict)
    joined: int = 0
    came: int = 0
    refused: int = 0
    asked: int = 0
    here: Mapping[int, int] = field(default_factory=dict)
    standing: int = 0

    @property
    def arrived(self) -> int:
        """People who have come: with a ticket, or straight in."""
        return self.asked + self.came

    def as_json(self) -> dict[str, Any]:
        """Zeros are left out."""
        totals = {"joined": self.joined, "came": self.came, "refused": self.refused, "asked": self.asked}
        totals["standing"] = self.standing
        by_bucket = {"tickets": self.tickets, "here": self.here}
        return {name: count for name, count in totals.items() if count} | {
            name: sorted(counts.items()) for name, counts in by_bucket.items() if counts
        }

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Raises: TypeError, ValueError, AttributeError: not counts of a line."""
        totals = {
            name: int(facts.get(name, 0)) for name in ("joined", "came", "refused", "asked", "standing")
        }
        tickets, here = _buckets(facts.get("tickets", ())), _buckets(facts.get("here", ()))
        if min(totals.values()) < 0:
            raise ValueError("negative")
        return cls(tickets=tickets, here=here, **totals)

    def since(self, before: "LineCounts") -> "LineCounts":
        """What is new. A total that has fallen was forgotten with its Space and begins anew."""
        return LineCounts(
            self.tickets,
            _more(before.joined, self.joined),
            _more(before.came, self.came),
            _more(before.refused, self.refused),
            _more(before.asked, self.asked),
            self.here,
            self.standing,
        )

    @property
    def totals(self) -> "LineCounts":
        """Without what is told of the time since the last report."""
        return LineCounts(joined=self.joined, came=self.came, refused=self.refused, asked=self.asked)

    def plus(self, other: "LineCounts") -> "LineCounts":
        """Both together."""
        return LineCounts(
            tickets=coarse(Counter(self.tickets) + Counter(other.tickets)),
            joined=self.joined + other.joined,
            came=self.came + other.came,
            refused=self.refused + other.refused,
            asked=self.asked + other.asked,
            here=coarse(Counter(self.here) + Counter(other.here)),
            standing=self.standing + other.standing,
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


def _more(was: int, is_now: int) -> int:
    return is_now - was if is_now >= was else is_now


def _buckets(told: Iterable[Any]) -> dict[int, int]:
    found = {int(bucket): int(count) for bucket, count in told}
    if len(found) > BUCKETS_TOLD_MAX or min((*found.keys(), *found.values()), default=0) < 0:
        raise ValueError("buckets")
    return found
