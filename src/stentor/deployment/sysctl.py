"""The kernel's bounds for a machine of the crowd. Pure."""

from typing import Final

from stentor.deployment.place import Machine, Place
from stentor.deployment.template import filled

_PORTS_FROM: Final = 10_240
_PAGE_BYTES: Final = 4096
_LISTENER_BYTES: Final = 64 << 10
"""What the kernel may keep for one connection; the fan-out's send buffer is 48 KiB of it."""


def sysctl(place: Place) -> str:
    """A file for `/etc/sysctl.d/`."""
    # Two sockets per listener where TLS ends on the same machine.
    connections = 2 * place.connections
    pages_max = -(-connections * _LISTENER_BYTES // _PAGE_BYTES)
    ports = place.udp_ports
    reserved = ""
    if ports is not None and place.machine is not Machine.EDGE:
        reserved = (
            "# Speakers' media ports are nobody else's by chance.\n"
            f"net.ipv4.ip_local_reserved_ports = {ports[0]}-{ports[1]}"
        )
    return filled(
        "sysctl.conf",
        {
            "connections": connections,
            "files_max": max(1_048_576, 2 * connections),
            "tcp_mem": f"{pages_max // 2} {pages_max * 3 // 4} {pages_max}",
            "tcp_mem_mib": pages_max * _PAGE_BYTES >> 20,
            "ports_from": _PORTS_FROM,
            "reserved": reserved,
        },
    )
