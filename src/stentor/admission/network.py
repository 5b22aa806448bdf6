"""Where somebody comes from, as a word that cannot be turned back into an address. Pure.

Comes in: an address. Goes out: a keyed hash of its network, the same in every process of the house. Never:
the address, in a record, a log line or a figure.

An IPv4 address counts as its /24, an IPv6 address as its /56: what a household or a small office is given. A
provider hands out the next address within it after a reconnect, so a smaller unit would be no ban at all.
"""

import hashlib
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import AF_INET, inet_pton

KEY_BYTES = 32
_IPV4_BITS = 24
_IPV6_BITS = 56
_HASH_BYTES = 12
_DAY_BYTES = 4
DAY_S = 86_400


class Networks:
    """Hashes networks with one house's key.

    Args:
        key: `log/house_key.py` has it; whoever knows it can try all networks.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, address: str) -> str:
        """24 hexadecimal digits; empty for what is no address, such as a Unix socket's peer."""
        network = network_of(address)
        if network is None:
            return ""
        return hashlib.blake2b(
            network.encode(), key=self._key, digest_size=_HASH_BYTES, person=b"stentor-network"
        ).hexdigest()


def day_network(key: bytes, address: str, day: int) -> bytes:
    """A network as tickets and passes carry it: four bytes that mean something else tomorrow.

    A lasting word in every token would let whoever collects tokens tell who comes again; a ban has to last,
    so bans keep `Networks.of`, which stands in records of the house only.

    Args:
        day: whole days since 1970.
    Returns: zeros for what is no address.
    """
    network = network_of(address)
    if network is None:
        return bytes(_DAY_BYTES)
    return hashlib.blake2b(
        network.encode(), key=key, digest_size=_DAY_BYTES, salt=day.to_bytes(8), person=b"stentor-day"
    ).digest()


def network_of(address: str) -> str | None:
    """The network that an address counts as: `192.0.2.7` → `192.0.2.0/24`. None: no address.

    Bounds: 10 µs, 1 µs for the IPv4 addresses that a flood consists of.
    """
    with suppress(OSError, ValueError):
        first, second, third, _ = inet_pton(AF_INET, address)
        return f"{first}.{second}.{third}.0/{_IPV4_BITS}"
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = _IPV4_BITS if found.version == 4 else _IPV6_BITS  # noqa: PLR2004  # the protocol's own name
    return str(ip_network(f"{found}/{bits}", strict=False))
