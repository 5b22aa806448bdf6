"""Who asked, when a proxy or cache of the house stands in front. Pure.

Comes in: the address that is connected, and what `X-Forwarded-For` says. Goes out: the address to count.
Never: a client's word about itself; the header is read only from addresses that the operator has named.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Self

from stentor.errors import BadInput

_ADDRESSES_KEPT = 4096
"""A player asks several times a second; reading its address each time was a tenth of an HLS answer."""
_HOPS_MAX = 8
"""A house with more proxies in a row has a loop."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """Networks whose `X-Forwarded-For` is believed. Nobody's, unless an operator says so."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parsed(cls, texts: tuple[str, ...]) -> Self:
        """Raises: BadInput: not an address or a network such as 192.0.2.0/24."""
        try:
            return cls(tuple(ip_network(text) for text in texts))
        except ValueError as error:
            raise BadInput(f"A trusted proxy cannot be read: {error}.") from None

    def requester(self, peer: str, forwarded_for: str) -> str:
        """The nearest address that is not one of ours, read from the right: what is left of it is hearsay.

        Returns: `peer` when it is not trusted, or when the header is missing or cannot be read.
        """
        found = peer
        for hop in [peer, *reversed(forwarded_for.split(",")[-_HOPS_MAX:])]:
            address = _address(hop.strip())
            if address is None:
                return found
            found = address
            if not self.has(address):
                return found
        return found

    def has(self, address: str) -> bool:
        """Whether an address is one of ours; what is no address is not."""
        if not self.networks or (plain := _address(address)) is None:
            return False
        parsed = ip_address(plain)
        return any(parsed.version == network.version and parsed in network for network in self.networks)


NOBODY = Trusted()


@lru_cache(_ADDRESSES_KEPT)
def _address(text: str) -> str | None:
    """One spelling per address; an IPv4 one in IPv6's clothes is the IPv4 one."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
