"""How much one network may ask of the door: counted for every size of network at once. Pure: time is an
argument.

Comes in: an address and the time. Goes out: whether another connection may be opened; by how many seconds a
ticket is dated later. Never: a person in the line who is refused for what the neighbours do, an address in a
table: its keys are hashes, and the key dies with the process.

An attacker picks the unit that is counted least: one address, a hosting provider's /24, an IPv6 /48 with
65,536 /64s of its own. So each question is asked of the address and of every network around it, and the
strictest answer holds (RFC 6177: a site is given a /56 to a /48). Wider networks have more, but less than the
sum of their parts.
"""

import hashlib
import math
import os
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from stentor.admission.pace import Pace

NETWORKS_MAX: Final = 32_768
"""Per size of network: five tables of connections, of requests and of tickets stay under 60 MB in all."""
THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1"})
"""Who comes from here is a proxy that nobody has named: counting it would count the whole crowd as one."""
BEHIND_S_MAX: Final = 600
"""A ticket is dated later by ten minutes at most; what would come after that is told to come back."""
_BURST_S: Final = 2.0
"""So much of a second's budget may come in one moment."""
_ADDRESSES_KEPT: Final = 8192
_KEY_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Level:
    """A size of network.

    Args:
        share: its budget as a multiple of one address's.
    """

    prefix_bytes: int
    share: float


_IPV4: Final = (Level(4, 1), Level(3, 4))
"""/32: one household, or thousands of phones behind a carrier's gateway; /24: the smallest that is routed."""
_IPV6: Final = (Level(8, 1), Level(7, 2), Level(6, 8))
"""/64: one household's network; /56 and /48: what a provider gives to a site."""
LEVELS: Final = {4: _IPV4, 6: _IPV6}


@dataclass(frozen=True, slots=True)
class Dated:
    """A ticket counts as asked for so many seconds later: 0 for nearly everybody."""

    behind_s: int = 0


@dataclass(frozen=True, slots=True)
class TooManyFor:
    """The network has asked for far more than it can be given."""

    retry_after_s: float


class Budgets:
    """One door's budgets.

    Args:
        connections_per_s: new connections of one address; twice as many at once. 0: not counted.
        requests_per_s: the same for requests; only while the door is busy does anybody ask.
        tickets_per_s: the same for tickets.

    Bounds: NETWORKS_MAX per level and kind; whoever comes above takes the place of the quietest.
    """

    def __init__(
        self, *, connections_per_s: float = 200.0, requests_per_s: float = 100.0, tickets_per_s: float = 4.0
    ) -> None:
        self._connections = _Hierarchy(connections_per_s)
        self._requests = _Hierarchy(requests_per_s)
        self._tickets = _Hierarchy(tickets_per_s)

    def connection(self, address: str, *, now_s: float) -> bool:
        """Whether another connection may be opened; it is counted then."""
        return self._connections.granted(address, now_s=now_s)

    def request(self, address: str, *, now_s: float) -> bool:
        """Whether the network asks no more than its share; counted then."""
        return self._requests.granted(address, now_s=now_s)

    def ticket(self, address: str, *, is_held: bool, now_s: float) -> Dated | TooManyFor:
        """The date of another ticket.

        Args:
            is_held: whether people wait, so that a place is worth something. While nobody does, tickets are
                counted and not dated.

        Returns: the k-th ticket too many is dated to the second in which the network's budget reaches it:
            a person behind a large gateway is in the line, and ten thousand tickets of one network are no
            better than as many people who come one after the other.
        """
        behind_s = self._tickets.debt_s(address, now_s=now_s)
        if behind_s > BEHIND_S_MAX:
            return TooManyFor(retry_after_s=min(behind_s - BEHIND_S_MAX, float(BEHIND_S_MAX)))
        self._tickets.borrow(address, now_s=now_s)
        return Dated(math.ceil(behind_s) if is_held else 0)


class _Hierarchy:
    """One kind of budget at every size of network."""

    def __init__(self, per_s: float) -> None:
        self._paces = {
            (version, level): Pace(
                burst=max(1, round(per_s * level.share * _BURST_S)),
                interval_s=1 / (per_s * level.share),
                clients_max=NETWORKS_MAX,
            )
            for version, levels in LEVELS.items()
            for level in levels
            if per_s
        }
        self._of = {
            version: tuple(pace for (told, _), pace in self._paces.items() if told == version)
            for version in LEVELS
        }

    def granted(self, address: str, *, now_s: float) -> bool:
        """All levels or none: who is refused takes nothing from the neighbours."""
        asked = self._asked(address)
        if any(pace.look_s(key, now_s=now_s) for pace, key in asked):
            return False
        for pace, key in asked:
            pace.wait_s(key, now_s=now_s)
        return True

    def debt_s(self, address: str, *, now_s: float) -> float:
        return max((pace.debt_s(key, now_s=now_s) for pace, key in self._asked(address)), default=0.0)

    def borrow(self, address: str, *, now_s: float) -> None:
        for pace, key in self._asked(address):
            pace.borrow_s(key, now_s=now_s)

    def _asked(self, address: str) -> list[tuple[Pace, bytes]]:
        found = networks_around(address)
        return [] if found is None else list(zip(self._of[found[0]], found[1], strict=False))


_SECRET: Final = os.urandom(16)


@lru_cache(_ADDRESSES_KEPT)
def networks_around(address: str) -> tuple[int, tuple[bytes, ...]] | None:
    """IP version and a hash per size of network, the smallest first. None: this machine, or no address.

    Bounds: 6 µs, 0.1 µs for an address of late.
    """
    if address in THIS_MACHINE:
        return None
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    packed = found.packed
    return found.version, tuple(
        hashlib.blake2b(packed[: level.prefix_bytes], key=_SECRET, digest_size=_KEY_BYTES).digest()
        for level in LEVELS[found.version]
    )
