"""nftables: what reaches the machine at all. Pure."""

from typing import Final

from stentor.deployment.place import BURST_S, Machine, Network, Place, networks
from stentor.deployment.template import filled
from stentor.errors import CannotStart

_ROWS: Final = 65_536
"""Of each table, about 10 MB; a full one counts no newcomers, and the gate still does."""
_ABOVE: Final = 4
"""The gate tells whoever is over its budget; here those are dropped who would not listen."""
_DATAGRAMS_PER_S: Final = 500
"""Of one address: a speaker sends 50 packets a second and 10 reports; a household has a few speakers."""
_STAGE_DOOR_PER_S: Final = 20
_SHAPE: Final = "flags dynamic, timeout; timeout 60s;"


def nftables(place: Place) -> str:
    """`/etc/nftables.conf`.

    Raises: CannotStart: a stage whose media ports nobody has said.
    """
    has_front, has_stage = place.machine is not Machine.STAGE, place.machine is not Machine.EDGE
    if has_stage and place.udp_ports is None:
        raise CannotStart(
            "The firewall of a stage",
            because="the setting stage_udp_ports is empty, so speakers' media may come to any port",
            next_step="set STENTOR_STAGE_UDP_PORTS, such as 40000-40999",
        )
    first, last = place.udp_ports or (0, 0)
    # 0: any number of connections, and so no table.
    is_counted = has_front and place.settings.door_connections_per_s > 0
    return filled(
        "stentor.nft",
        {
            "machine": place.machine,
            "forward": "accept" if place.is_tracked else "drop",
            "sets": "\n".join(_sets()) if is_counted else "",
            "front": "\n".join(_front(place, is_counted=is_counted)) if has_front else "",
            "stage": "\n".join(_stage(first, last)) if has_stage else "",
            "stage_sets": "\n".join(_stage_sets()) if has_stage else "",
            "ssh": _ssh(place.ssh_port),
            "untracked": _untracked(place, has_front=has_front, udp=(first, last) if has_stage else None),
        },
    )


def _ssh(port: int) -> str:
    if not port:
        return "# No ssh (`--ssh-port`)."
    return (
        f"# You. Better still from one network: ip saddr 192.0.2.0/24 tcp dport {port} accept\n"
        f"tcp dport {port} ct state new accept"
    )


def _sets() -> list[str]:
    found = []
    for network in networks():
        for version in _versions(network):
            found.append(
                f"set {_name(network, version)} {{ type ipv{version}_addr; size {_ROWS}; {_SHAPE} }}"
            )
    return found


def _front(place: Place, *, is_counted: bool) -> list[str]:
    found = []
    for network in networks() if is_counted else ():
        rate = max(1, round(place.settings.door_connections_per_s * network.share * _ABOVE))
        limit = f"limit rate over {rate}/second burst {rate * BURST_S} packets"
        masks = {4: f"ip saddr & {_mask4(network.ipv4_bits)}", 6: f"ip6 saddr & {_mask6(network.ipv6_bits)}"}
        opening = "tcp dport 443 tcp flags & (fin | syn | rst | ack) == syn"
        found += [
            f"{opening} add @{_name(network, version)} {{ {masks[version]} {limit} }} counter drop"
            for version in _versions(network)
        ]
    return [*found, "tcp dport { 80, 443 } accept"]


def _stage_sets() -> list[str]:
    return [
        f"set {name}{version} {{ type ipv{version}_addr; size {_ROWS}; {_SHAPE} }}"
        for name in ("speaker", "guest")
        for version in (4, 6)
    ]


def _stage(first: int, last: int) -> list[str]:
    media = f"limit rate over {_DATAGRAMS_PER_S}/second burst {_DATAGRAMS_PER_S} packets"
    door = f"limit rate over {_STAGE_DOOR_PER_S}/second burst {5 * _STAGE_DOOR_PER_S} packets"
    opening = "tcp dport 8443 tcp flags & (fin | syn | rst | ack) == syn"
    return [
        "# Speakers' media: these ports, so many packets of one address, none longer than an Ethernet frame.",
        f"udp dport {first}-{last} add @speaker4 {{ ip saddr {media} }} counter drop",
        f"udp dport {first}-{last} add @speaker6 {{ ip6 saddr & {_mask6(64)} {media} }} counter drop",
        f"udp dport {first}-{last} udp length 9-1508 accept",
        "# The stage door. Known people come here: little is enough.",
        f"{opening} add @guest4 {{ ip saddr {door} }} counter drop",
        f"{opening} add @guest6 {{ ip6 saddr & {_mask6(64)} {door} }} counter drop",
        "tcp dport 8443 accept",
    ]


def _untracked(place: Place, *, has_front: bool, udp: tuple[int, int] | None) -> str:
    """Without a state: the kernel's table of connections is one more thing that can be full."""
    there, back = [], []
    if has_front and not place.is_tracked:
        there.append("tcp dport { 80, 443 } notrack")
        back.append("tcp sport { 80, 443 } notrack")
    if udp is not None:
        there.append(f"udp dport {udp[0]}-{udp[1]} notrack")
        back.append(f"udp sport {udp[0]}-{udp[1]} notrack")
    if not there:
        return ""
    return "\n".join(
        f"chain {name} {{\n    type filter hook {hook} priority raw; policy accept;\n    "
        + "\n    ".join(rules)
        + "\n}"
        for name, hook, rules in (("comes", "prerouting", there), ("goes", "output", back))
    )


def _versions(network: Network) -> tuple[int, ...]:
    """IPv4's sizes are fewer, each is counted once."""
    first = next(known for known in networks() if known.ipv4_bits == network.ipv4_bits)
    return (4, 6) if network == first else (6,)


def _name(network: Network, version: int) -> str:
    return f"front{version}_{network.ipv6_bits}"


def _mask4(bits: int) -> str:
    mask = (0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF
    return ".".join(str(mask >> shift & 0xFF) for shift in (24, 16, 8, 0))


def _mask6(bits: int) -> str:
    whole, rest = divmod(bits, 16)
    words = ["ffff"] * whole + ([f"{0xFFFF << (16 - rest) & 0xFFFF:x}"] if rest else [])
    return ":".join(words) + "::"
