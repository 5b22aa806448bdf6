"""Tickets by bucket, summed over any range quickly: what the line knows of those who wait. Pure.

Comes in: how many tickets were issued in which second. Goes out: sums. Never: a ticket.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Self

_END: Final = 1 << 32
"""Beyond every bucket: a ticket has 32 bits for it."""


class CountsByBucket:
    """A sparse Fenwick tree: O(log buckets) per question, and nothing is kept for seconds without tickets.

    Bounds: about 20 entries per bucket with tickets; `without` drops what has been called.
    """

    def __init__(self, entries: Iterable[tuple[int, int]] = ()) -> None:
        self._counts: dict[int, int] = {}
        self._tree: dict[int, int] = {}
        for bucket, count in entries:
            self.add(bucket, count)

    def __len__(self) -> int:
        """Buckets with tickets."""
        return len(self._counts)

    def add(self, bucket: int, count: int) -> None:
        assert 0 <= bucket < _END
        self._counts[bucket] = self._counts.get(bucket, 0) + count
        index = bucket + 1
        while index <= _END:
            self._tree[index] = self._tree.get(index, 0) + count
            index += index & -index

    def count(self, bucket: int) -> int:
        return self._counts.get(bucket, 0)

    def before(self, bucket: int) -> int:
        """Tickets in all buckets before this one."""
        total = 0
        while bucket:
            total += self._tree.get(bucket, 0)
            bucket &= bucket - 1
        return total

    def between(self, first: int, end: int) -> int:
        """Tickets in first ≤ bucket < end."""
        return self.before(end) - self.before(first)

    def entries(self, first: int = 0) -> Iterator[tuple[int, int]]:
        """(bucket, count) in order, from `first` on. Bounds: sorts them."""
        return ((bucket, self._counts[bucket]) for bucket in sorted(self._counts) if bucket >= first)

    def without(self, before: int) -> Self:
        """The same from a later bucket on."""
        return type(self)(self.entries(before))
