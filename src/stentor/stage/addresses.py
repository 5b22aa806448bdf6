"""Where a speaker's media arrives: which addresses are bound and announced, which ports are tried.

Comes in: two settings. Goes out: addresses, ports to try. Never: a socket.
"""

import ipaddress
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import ifaddr

from stentor.errors import CannotStart

_TRIES_MAX: Final = 64
_PORT_MAX: Final = 0xFFFF
_LOOPBACK_V4: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class HostAddress:
    """One place to be reached at.

    Args:
        bind: what the socket listens on.
        announced: what the answer says; differs behind a one-to-one NAT.
    """

    bind: str
    announced: str

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.announced).is_loopback


def host_addresses(wanted: Sequence[str]) -> list[HostAddress]:
    """The addresses to gather.

    Args:
        wanted: literal addresses; one that is not this machine's is announced as it is and bound to every
            address. Empty: every address of this machine, and 127.0.0.1, so that a browser on a machine
            without any network can speak.
    """
    own = _own_addresses()
    if not wanted:
        return [HostAddress(address, address) for address in own]
    return [HostAddress(a if a in own else _any_address(a), a) for a in wanted]


@dataclass(frozen=True, slots=True)
class PortRange:
    """UDP ports, both ends included; `None` as a range means: whatever the system gives."""

    lowest: int
    highest: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """From the setting, such as `40000-40999`. Raises: CannotStart: upside down or no ports."""
        if not text:
            return None
        lowest, highest = (int(part) for part in text.split("-"))
        if not 0 < lowest <= highest <= _PORT_MAX:
            raise CannotStart(
                "The setting stage_udp_ports",
                because=f"{text!r} is not a range of ports",
                next_step="write the lowest and the highest port, such as 40000-40999",
            )
        return cls(lowest, highest)

    @property
    def count(self) -> int:
        return self.highest - self.lowest + 1

    def tries(self) -> Iterator[int]:
        """Ports in random order, each once. Bounds: at most 64, so that a full range is noticed at once."""
        tried = random.sample(range(self.count), min(self.count, _TRIES_MAX))
        yield from (self.lowest + index for index in tried)


def _own_addresses() -> list[str]:
    found = []
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str):
                found.append(address.ip)
            elif address.ip[2] == 0 and address.ip[0] != "::1":
                # A scope that is not 0 is link-local: another machine could not use it without the scope.
                found.append(address.ip[0])
    if _LOOPBACK_V4 not in found:
        found.append(_LOOPBACK_V4)
    return found


def _any_address(like: str) -> str:
    return "::" if ipaddress.ip_address(like).version == 6 else "0.0.0.0"  # noqa: PLR2004, S104
