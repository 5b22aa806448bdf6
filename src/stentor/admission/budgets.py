"""How much one network may ask of the door: counted for every size of network at once. Pure: time is an
argument.

Comes in: an address and the time. Goes out: whether another connection may be opened; by how many seconds a
ticket is dated later. Never: a person in the line who is refused for what the neighbours do, an address in a
table: its keys are hashes, and the key dies with the process.

An attacker picks the unit that is counted least: one address, a hosting provider's /24, an IPv6 /48 with
65,536 /64s of its own. So each question is asked of the address and of every network around it, and the
strictest answer holds (RFC 6177: a site is given a /56 to a /48). Wider networks have more, but less than the
sum of their parts. What an operator knows to be many people (`wide_networks.py`) is counted as itself alone.

While people wait, a ticket is worth a seat, and the budget is a stricter one: some at once, as a household
and an office need them, few an hour, and dates that grow with the fourth power of what is too many. So the
thirtieth of an office waits a minute longer, and what ten thousand machines hold stays a small part of the
seats.
"""

import hashlib
import math
import os
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from socket import AF_INET, inet_pton
from typing import Final

from stentor.admission.pace import Pace
from stentor.admission.wide_networks import NONE_WIDE, WideNetworks

NETWORKS_MAX: Final = 16_384
"""Per size of network and kind of budget: all twenty tables full are 40 MB (bench/doorstep_cost.py)."""
THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1"})
"""Who comes from here is a proxy that nobody has named: counting it would count the whole crowd as one."""
BEHIND_S_MAX: Final = 1800
"""A ticket is dated later by half an hour at most; what would come after that is told to come back."""
HELD_AT_ONCE: Final = 10
"""Tickets of one address that are not dated, though people wait."""
LATER_TICKETS: Final = 20
LATER_S: Final = 60.0
LATER_POWER: Final = 4
"""So many tickets too many are dated a minute, twice as many sixteen: of ten thousand machines at eight
million people's line each gets some sixty places in two hours. Measured: bench/line_evening.py."""
_OPEN_DEBT_S_MAX: Final = 600.0
"""While nobody waits a network may be so far beyond its tickets' budget."""
_BACK_S_MAX: Final = 600.0
_TOO_MANY_MAX: Final = LATER_TICKETS * (BEHIND_S_MAX / LATER_S) ** (1 / LATER_POWER)
_BURST_S: Final = 2.0
"""So much of a second's budget may come in one moment."""
_ADDRESSES_KEPT: Final = 1024
"""One answer asks up to three times for the same address; in a flood nobody comes again soon."""
_IPV4_BYTES: Final = 4
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
        tickets_per_s: the same for tickets while nobody waits.
        tickets_per_min_held: tickets of one address while people wait; HELD_AT_ONCE at once. 0: not counted.
        wide: networks with more than one household's budgets.
        gates: of the edge, each with budgets of its own: a ticket's budget is shared out among them.

    Bounds: NETWORKS_MAX per level and kind; whoever comes above takes the place of the quietest.
    """

    def __init__(
        self,
        *,
        connections_per_s: float = 200.0,
        requests_per_s: float = 100.0,
        tickets_per_s: float = 4.0,
        tickets_per_min_held: float = 0.1,
        wide: WideNetworks = NONE_WIDE,
        gates: int = 1,
    ) -> None:
        self._connections = _Hierarchy(connections_per_s, wide=wide)
        self._requests = _Hierarchy(requests_per_s, wide=wide)
        self._tickets = _Hierarchy(tickets_per_s, wide=wide)
        self._held = _Hierarchy(tickets_per_min_held / 60 / gates, at_once=HELD_AT_ONCE / gates, wide=wide)

    def connection(self, address: str, *, now_s: float) -> bool:
        """Whether another connection may be opened; it is counted then."""
        return self._connections.granted(address, now_s=now_s)

    def request(self, address: str, *, now_s: float) -> bool:
        """Whether the network asks no more than its share; counted then."""
        return self._requests.granted(address, now_s=now_s)

    def ticket(self, address: str, *, is_held: bool, now_s: float) -> Dated | TooManyFor:
        """The date of another ticket; it is counted then.

        Args:
            is_held: whether people wait, so that a place is worth something. Tickets that are taken while
                nobody does are dated all the same: the doors do not ask for the date while they are open, and
                what was hoarded then is worth no more when they are held.

        Returns: a person behind a large gateway is in the line, and ten thousand tickets of one network are
            places behind everybody who comes meanwhile.
        """
        too_many = self._held.too_many(address, now_s=now_s)
        found = self._dated(address, too_many, is_held=is_held, now_s=now_s)
        if isinstance(found, Dated):
            if not is_held:
                self._tickets.borrow(address, now_s=now_s)
            # Never deeper in debt than who is refused: a campus that came while there was room is not shut
            # out for days.
            if too_many <= _TOO_MANY_MAX:
                self._held.borrow(address, now_s=now_s)
        return found

    def date(self, address: str, *, is_held: bool, now_s: float) -> Dated | TooManyFor:
        """What `ticket` would say; counts nothing."""
        too_many = self._held.too_many(address, now_s=now_s)
        return self._dated(address, too_many, is_held=is_held, now_s=now_s)

    def _dated(self, address: str, too_many: float, *, is_held: bool, now_s: float) -> Dated | TooManyFor:
        if not is_held:
            over_s = self._tickets.debt_s(address, now_s=now_s) - _OPEN_DEBT_S_MAX
            if over_s > 0:
                return TooManyFor(min(over_s, _BACK_S_MAX))
        if is_held and too_many > _TOO_MANY_MAX:
            over_s = (too_many - _TOO_MANY_MAX) / self._held.per_s
            return TooManyFor(min(over_s, _BACK_S_MAX))
        return Dated(min(math.ceil(later_s(too_many)), BEHIND_S_MAX))


def later_s(too_many: float) -> float:
    """How much later a network's ticket is dated. Args: too_many: tickets beyond its budget."""
    return LATER_S * (too_many / LATER_TICKETS) ** LATER_POWER


class _Hierarchy:
    """One kind of budget at every size of network.

    Args:
        at_once: granted in one moment; None: _BURST_S seconds' worth.
    """

    def __init__(self, per_s: float, *, at_once: float | None = None, wide: WideNetworks) -> None:
        self.per_s = per_s
        self._at_once = per_s * _BURST_S if at_once is None else at_once
        self._wide = wide
        self._paces = {
            version: tuple(self._pace(level.share, NETWORKS_MAX) for level in levels if per_s)
            for version, levels in LEVELS.items()
        }
        self._wide_paces = {wide: self._pace(wide.times, 1) for wide in wide.networks if per_s}

    def granted(self, address: str, *, now_s: float) -> bool:
        """All levels or none: who is refused takes nothing from the neighbours."""
        asked = self._asked(address)
        for pace, key in asked:
            if not pace.has_one(key, now_s=now_s):
                return False
        for pace, key in asked:
            pace.spend(key, now_s=now_s)
        return True

    def debt_s(self, address: str, *, now_s: float) -> float:
        return max((pace.debt_s(key, now_s=now_s) for pace, key in self._asked(address)), default=0.0)

    def too_many(self, address: str, *, now_s: float) -> float:
        """How many have been asked for beyond the budget, this one counted; of a network that is k times
        wider, a k-th of them."""
        return self.debt_s(address, now_s=now_s) * self.per_s

    def borrow(self, address: str, *, now_s: float) -> None:
        for pace, key in self._asked(address):
            pace.spend(key, now_s=now_s)

    def _pace(self, share: float, clients_max: int) -> Pace:
        return Pace(
            burst=max(1, round(self._at_once * share)),
            interval_s=1 / (self.per_s * share),
            clients_max=clients_max,
        )

    def _asked(self, address: str) -> list[tuple[Pace, Hashable]]:
        wide = self._wide.of(address)
        if wide is not None:
            return [(self._wide_paces[wide], wide)] if self.per_s else []
        found = networks_around(address)
        return [] if found is None else list(zip(self._paces[found[0]], found[1], strict=False))


_SECRET: Final = os.urandom(16)


@lru_cache(_ADDRESSES_KEPT)
def networks_around(address: str) -> tuple[int, tuple[bytes, ...]] | None:
    """IP version and a hash per size of network, the smallest first. None: this machine, or no address.

    Bounds: 3 µs (IPv4), 0.1 µs for an address of late.
    """
    if address in THIS_MACHINE:
        return None
    packed = _packed(address)
    if packed is None:
        return None
    version = 4 if len(packed) == _IPV4_BYTES else 6
    return version, tuple(
        hashlib.blake2b(packed[: level.prefix_bytes], key=_SECRET, digest_size=_KEY_BYTES).digest()
        for level in LEVELS[version]
    )


def _packed(address: str) -> bytes | None:
    """An address in its bytes; an IPv4 one in IPv6's clothes is the IPv4 one. None: no address."""
    with suppress(OSError, ValueError):
        return inet_pton(AF_INET, address)
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (getattr(found, "ipv4_mapped", None) or found).packed
