"""Where the listeners of a crowd come from. Pure.

Comes in: a listener's index. Goes out: a source address. Budgets per network can tell a crowd from a flood
only if people have addresses as people have: one or a few to each, spread over many networks.
"""

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

_PORTS_PER_ADDRESS = 4_000
_STRIDE = 65_537
"""Prime, so it visits every address of a network of 2^n before the first one again; neighbours in the crowd
are 256 networks of /24 apart."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """A network that a crowd comes from.

    Args:
        per_address: so many listeners share one (a household, an office).
        stride: how far the next address is from the one before.
        first: the index of the first listener.
    """

    network: IPv4Network
    per_address: int
    stride: int = _STRIDE
    first: int = 0

    def of(self, index: int) -> str:
        step = (self.first + index) // self.per_address + 1
        return str(self._at(step * self.stride % (self.network.num_addresses - 1)))

    def after(self, count: int) -> "Addresses":
        """The same network for the next process, whose people are not these."""
        return replace(self, first=self.first + count)

    def _at(self, offset: int) -> IPv4Address:
        # Neither the network's own address nor its broadcast.
        return self.network.network_address + max(1, offset)


def loopback(number: int) -> Addresses:
    """127.`number`.0.0/16, where one address's ports would bound the crowd."""
    return Addresses(IPv4Network(f"127.{number}.0.0/16"), _PORTS_PER_ADDRESS, stride=1)


def spread(network: str, *, per_address: int = 1) -> Addresses:
    """People of one kind."""
    return Addresses(IPv4Network(network), per_address)
