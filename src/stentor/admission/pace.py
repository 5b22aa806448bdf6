"""The pace of each client: a token bucket as one number, in a bounded table. Pure: time is an argument.

Comes in: a client's key and the time. Goes out: now, or how long to wait. Never: an address where the crowd
comes in; its clients are keyed hashes, and the key dies with the process.
"""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

CLIENTS_MAX: Final = 65_536
"""About 8 MB per table; who comes above takes the place of whoever has been quiet the longest."""
_CHANCES: Final = 4


@dataclass(slots=True)
class Pace:
    """`burst` at once, then one per `interval_s`, for each client.

    Kept is only when a client's bucket will be full again (the «generic cell rate algorithm» of ATM); a
    client whose bucket is full need not be kept at all.

    Bounds: clients_max; O(1) per question.
    """

    burst: int
    interval_s: float
    clients_max: int = CLIENTS_MAX
    _full_at_s: dict[Hashable, float] = field(default_factory=dict)

    def wait_s(self, client: Hashable, *, now_s: float, cost: int = 1) -> float:
        """0: granted, and taken. More: come back after so long.

        Args:
            cost: more than 1 while everything is to go slower.
        """
        step_s = self.interval_s * cost
        wait_s = self.look_s(client, now_s=now_s, cost=cost)
        full_at_s = max(self._full_at_s.pop(client, now_s), now_s)
        self._put(client, full_at_s if wait_s else full_at_s + step_s)
        return wait_s

    def look_s(self, client: Hashable, *, now_s: float, cost: int = 1) -> float:
        """What `wait_s` would say; takes nothing."""
        full_at_s = max(self._full_at_s.get(client, now_s), now_s)
        step_s = self.interval_s * cost
        wait_s = full_at_s + step_s - now_s - max(self.burst * self.interval_s, step_s)
        return min(step_s, wait_s) if wait_s > 0 else 0.0

    def debt_s(self, client: Hashable, *, now_s: float) -> float:
        """How long after now the next one would be granted, had all before it been taken; takes nothing."""
        full_at_s = self._full_at_s.get(client, now_s)
        return max(0.0, full_at_s + self.interval_s - now_s - self.burst * self.interval_s)

    def borrow_s(self, client: Hashable, *, now_s: float) -> float:
        """Takes one in any case; returns how long after now it would have been granted."""
        debt_s = self.debt_s(client, now_s=now_s)
        self.spend(client, now_s=now_s)
        return debt_s

    def has_one(self, client: Hashable, *, now_s: float) -> bool:
        """Whether one would be granted; takes nothing. `look_s` for whoever needs no time."""
        full_at_s = self._full_at_s.get(client)
        return full_at_s is None or full_at_s - now_s <= (self.burst - 1) * self.interval_s

    def spend(self, client: Hashable, *, now_s: float) -> None:
        """Takes one without a look: whoever asks has looked."""
        full_at_s = self._full_at_s.pop(client, now_s)
        # Not `max`: this is asked six times by each connection of a flood.
        self._put(client, (full_at_s if full_at_s > now_s else now_s) + self.interval_s)

    def give_back(self, client: Hashable) -> None:
        """What was granted has come to nothing by no fault of the client's: its bucket is full again."""
        self._full_at_s.pop(client, None)

    def _put(self, client: Hashable, full_at_s: float) -> None:
        """At the end: the front of the table is whoever has been quiet the longest."""
        self._full_at_s[client] = full_at_s
        if len(self._full_at_s) > self.clients_max:
            self._make_room(client, full_at_s)

    def _make_room(self, client: Hashable, full_at_s: float) -> None:
        """Whoever has been quiet the longest goes, but for those who owe more than who has come now: else ten
        thousand that come once would wash out the debts of all who came often."""
        for _ in range(_CHANCES):
            oldest = next(iter(self._full_at_s))
            owed_until_s = self._full_at_s.pop(oldest)
            if owed_until_s <= full_at_s:
                return
            self._full_at_s[oldest] = owed_until_s
        del self._full_at_s[client]


def client_key(address: str, *, secret: bytes) -> bytes:
    """Who asks, as 8 bytes that nobody can turn back.

    Args:
        address: as text. An IPv6 client has a whole /64 to pick from, so that is what counts as one.
    """
    try:
        found = ip_address(address)
    except ValueError:
        found = None
    name = found.packed[:8] if isinstance(found, IPv6Address) else address.encode()
    return hashlib.blake2b(name, key=secret, digest_size=8).digest()
