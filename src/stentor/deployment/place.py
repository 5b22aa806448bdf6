"""Where a house is going to stand: what its front's configurations are made from. Pure.

Comes in: the settings and what they do not know (names, certificates, machines). Goes out: figures that
several configurations share. Never: a look at the machine that this runs on; the text is for another one.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from stentor.admission.budgets import LEVELS
from stentor.config import Settings

DOMAIN: Final = "listen.example.org"
STAGE_DOMAIN: Final = "stage.example.org"
CERTIFICATES: Final = PurePosixPath("/etc/stentor/certificates")
CONNECTIONS_OF_ONE_ADDRESS: Final = 4_000
"""Open at a time. A carrier has thousands of phones behind one address; a flood has ten times as many."""
BURST_S: Final = 2
"""So much of a second's budget may come at once, as `admission/budgets.py` has it."""


class Machine(StrEnum):
    """What stands on a machine."""

    HOUSE = "house"
    """Both doors and the stage: `stentor serve`."""
    EDGE = "edge"
    STAGE = "stage"
    """The stage door and the stage."""


@dataclass(frozen=True, slots=True)
class Network:
    """A size of network, counted by itself.

    Args:
        share: its budget as a multiple of one address's.
    """

    ipv4_bits: int
    ipv6_bits: int
    share: int


@dataclass(frozen=True, slots=True)
class Place:
    """A house to be.

    Args:
        domain: the front door's name. stage_domain: the stage door's, on an address of its own.
        certificates: a directory with `<domain>.pem`: certificate, chain, key.
        edges: where edges listen, as their proxy reaches them; empty: where the settings say.
        cores: of an edge's machine.
        ssh_port: kept open by the firewall. 0: none is.
        is_tracked: the firewall keeps a state for each connection of the front door.
    """

    settings: Settings
    domain: str = DOMAIN
    stage_domain: str = STAGE_DOMAIN
    certificates: PurePosixPath = CERTIFICATES
    edges: tuple[str, ...] = ()
    cores: int = 4
    machine: Machine = Machine.HOUSE
    ssh_port: int = 22
    is_tracked: bool = False

    @property
    def edge_addresses(self) -> tuple[str, ...]:
        return self.edges or (address(self.settings.edge_host, self.settings.edge_port),)

    @property
    def backstage_address(self) -> str:
        return address(self.settings.backstage_host, self.settings.backstage_port)

    @property
    def seats(self) -> int:
        """Of one edge."""
        return self.settings.listeners_max * (self.settings.fanouts or self.cores)

    @property
    def connections(self) -> int:
        """That one edge has at most, listeners and all others."""
        return self.seats + self.settings.gates * self.settings.door_connections_max

    @property
    def udp_ports(self) -> tuple[int, int] | None:
        first, _, last = self.settings.stage_udp_ports.partition("-")
        return (int(first), int(last)) if last else None


def networks() -> tuple[Network, ...]:
    """The same sizes that the gate counts, an IPv4 one beside each of IPv6; the smallest first.

    IPv4 has a size less: its widest is counted twice, with the greater share of the two.
    """
    ipv4, ipv6 = LEVELS[4], LEVELS[6]
    return tuple(
        Network(
            8 * ipv4[min(index, len(ipv4) - 1)].prefix_bytes,
            8 * wide.prefix_bytes,
            round(max(wide.share, ipv4[min(index, len(ipv4) - 1)].share)),
        )
        for index, wide in enumerate(ipv6)
    )


def address(host: str, port: int) -> str:
    """As other programs write it; «every address» is reached on this machine."""
    if host in {"0.0.0.0", ""}:  # noqa: S104  # it is replaced, not bound
        host = "127.0.0.1"
    elif host == "::":
        host = "::1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
