"""nginx in front of both doors, where it is there anyway. Pure."""

from typing import Final

from stentor.deployment.place import CONNECTIONS_OF_ONE_ADDRESS, Place, networks
from stentor.deployment.template import filled
from stentor.deployment.tls import CIPHERS, CURVES

_REQUESTS_ABOVE: Final = 20
"""As HAProxy's: a ceiling for floods, not a share."""
_ZONE: Final = "16m"
"""256,000 networks per size."""
_COUNT_MAX: Final = 65_535
"""nginx's own bound."""


def nginx(place: Place) -> str:
    """A file for `/etc/nginx/conf.d/`."""
    return filled(
        "nginx.conf",
        {
            "front": place.domain,
            "stage": place.stage_domain,
            "front_certificate": place.certificates / f"{place.domain}.pem",
            "stage_certificate": place.certificates / f"{place.stage_domain}.pem",
            "ciphers": CIPHERS,
            "curves": CURVES,
            "networks": "\n".join(_network(network.ipv4_bits, network.ipv6_bits) for network in networks()),
            "zones": "\n".join(_zones(place)),
            "limits": "\n".join(_limits(place)),
            "edges": "\n".join(f"server {where};" for where in place.edge_addresses),
            "backstage": place.backstage_address,
        },
    )


def _network(ipv4_bits: int, ipv6_bits: int) -> str:
    """The first bytes of an address, by its binary form: written ones have many spellings."""
    ipv4, ipv6 = ipv4_bits // 8, ipv6_bits // 8
    return (
        f"map $binary_remote_addr $stentor_net_{ipv6_bits} {{\n"
        f'    "~(?s)^(?<stentor_four_{ipv6_bits}>.{{{ipv4}}}).{{{4 - ipv4}}}$" $stentor_four_{ipv6_bits};\n'
        f'    "~(?s)^(?<stentor_six_{ipv6_bits}>.{{{ipv6}}}).{{{16 - ipv6}}}$" $stentor_six_{ipv6_bits};\n'
        "}"
    )


def _zones(place: Place) -> list[str]:
    per_s = place.settings.door_requests_per_s
    found = []
    for network in networks():
        key, name = f"$stentor_net_{network.ipv6_bits}", f"stentor_{network.ipv6_bits}"
        found.append(f"limit_conn_zone {key} zone={name}:{_ZONE};")
        if per_s:
            rate = max(1, round(per_s * network.share * _REQUESTS_ABOVE))
            found.append(f"limit_req_zone {key} zone={name}_asks:{_ZONE} rate={rate}r/s;")
    return found


def _limits(place: Place) -> list[str]:
    per_s = place.settings.door_requests_per_s
    found = []
    for network in networks():
        open_max = min(CONNECTIONS_OF_ONE_ADDRESS * network.share, _COUNT_MAX)
        found.append(f"limit_conn stentor_{network.ipv6_bits} {open_max};")
        if per_s:
            burst = max(1, round(per_s * network.share * _REQUESTS_ABOVE))
            found.append(f"limit_req zone=stentor_{network.ipv6_bits}_asks burst={burst} nodelay;")
    return found
