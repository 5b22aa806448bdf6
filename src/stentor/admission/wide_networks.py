"""Networks that an operator knows to be many people: a campus, a carrier's gateway. Pure.

Comes in: the setting `wide_networks`, an address. Goes out: which of them it is in, and how many times wider
that one is counted. Never: a network that somebody outside can name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, Self

from stentor.errors import BadInput

TIMES_MAX: Final = 1_000_000
_ADDRESSES_KEPT: Final = 8192


@dataclass(frozen=True, slots=True)
class WideNetwork:
    """One of them. Args: times: as many single addresses' budgets."""

    network: IPv4Network | IPv6Network
    times: int


@dataclass(frozen=True, slots=True)
class WideNetworks:
    """All that are named, the smallest first: where one lies in another, the smaller one counts."""

    networks: tuple[WideNetwork, ...] = ()

    @classmethod
    def parsed(cls, texts: Iterable[str]) -> Self:
        """From `192.0.2.7=500`, `2001:db8::/48=2000`. Raises: BadInput."""
        found = sorted((_parsed(text) for text in texts), key=lambda wide: -wide.network.prefixlen)
        return cls(tuple(found))

    def of(self, address: str) -> WideNetwork | None:
        """None: counted like any other. Bounds: O(networks), once an address."""
        return _found(self.networks, address) if self.networks else None


NONE_WIDE: Final = WideNetworks()


def _parsed(text: str) -> WideNetwork:
    name, _, times = text.partition("=")
    try:
        found = WideNetwork(ip_network(name.strip()), int(times))
    except ValueError:
        found = None
    if found is None or not 1 <= found.times <= TIMES_MAX:
        raise BadInput(
            f"{text[:60]!r} is no wide network. Write the network and how many times wider it is counted "
            f"(1 to {TIMES_MAX}), such as 192.0.2.7=500."
        )
    return found


@lru_cache(_ADDRESSES_KEPT)
def _found(networks: tuple[WideNetwork, ...], address: str) -> WideNetwork | None:
    try:
        asked = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    asked = getattr(asked, "ipv4_mapped", None) or asked
    for wide in networks:
        if asked.version == wide.network.version and asked in wide.network:
            return wide
    return None
