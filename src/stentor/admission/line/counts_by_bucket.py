"""Tickets by bucket, summed over any range quickly: what the line knows of those who wait. Pure.

Comes in: how many tickets were issued in which second. Goes out: sums. Never: a ticket.
"""

from collections.abc import Iterable, Iterator
from typing import Final

SPAN: Final = 1 << 15
"""Buckets that are kept, nine hours: a ticket lives six, and a network's budget dates it two later at
most."""


class CountsByBucket:
    """Counts in a window of SPAN buckets that only moves on (a Fenwick tree: O(log SPAN) per question).

    Bounds: SPAN numbers. A count for a bucket before the window is the caller's to look at (`base`); one
    beyond its end counts for the last bucket.
    """

    def __init__(self, base: int = 0) -> None:
        self.base = base
        self._counts = [0] * SPAN
        self._tree = [0] * (SPAN + 1)
        self.total = 0

    def add(self, bucket: int, count: int) -> None:
        index = min(bucket - self.base, SPAN - 1)
        if index < 0:
            return
        self._counts[index] += count
        self.total += count
        index += 1
        while index <= SPAN:
            self._tree[index] += count
            index += index & -index

    def count(self, bucket: int) -> int:
        index = bucket - self.base
        return self._counts[index] if 0 <= index < SPAN else 0

    def before(self, bucket: int) -> int:
        """Tickets in all buckets before this one."""
        index = min(max(bucket - self.base, 0), SPAN)
        total = 0
        while index:
            total += self._tree[index]
            index &= index - 1
        return total

    def between(self, first: int, end: int) -> int:
        """Tickets in first ≤ bucket < end."""
        return self.before(end) - self.before(first)

    def entries(self, first: int) -> Iterator[tuple[int, int]]:
        """(bucket, count) from `first` on, where the count is not zero. Bounds: O(SPAN)."""
        begin = max(first - self.base, 0)
        for index, count in enumerate(self._counts[begin:], begin):
            if count:
                yield self.base + index, count

    def moved(self, base: int) -> "CountsByBucket":
        """The same from a later bucket on; what was before is forgotten."""
        return CountsByBucket.of(self.entries(base), base=base)

    @classmethod
    def of(cls, entries: Iterable[tuple[int, int]], *, base: int) -> "CountsByBucket":
        made = cls(base)
        for bucket, count in entries:
            made.add(bucket, count)
        return made
