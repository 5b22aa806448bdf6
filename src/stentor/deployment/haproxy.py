"""HAProxy in front of both doors: TLS, HTTP/2, deadlines, budgets, a reserve. Pure."""

from typing import Final

from stentor.deployment.place import BURST_S, CONNECTIONS_OF_ONE_ADDRESS, Place, networks
from stentor.deployment.template import filled
from stentor.deployment.tls import CIPHERS, CIPHERSUITES, CURVES

_RESERVE: Final = 0.8
"""Of all connections; the rest is for those who come back."""
_TABLE_ROWS: Final = 100_000
"""About 150 bytes each; when a table is full its oldest rows go."""
_REQUESTS_ABOVE: Final = 20
"""A gate counts requests only while it is busy; here is a ceiling for floods, so many times as high."""
_RESET_ABOVE: Final = 4
"""Who is so far over the budget is not worth a handshake; whoever is just over it is told so."""
_DOWNLOADS: Final = 256
"""At a time and gate, as the gate has it."""
_HANDSHAKES_PER_S: Final = 4_000
"""Of one gate's joins (docs/PERFORMANCE.md); more only makes everybody's slower."""


def haproxy(place: Place) -> str:
    """`/etc/haproxy/haproxy.cfg`."""
    settings, edges = place.settings, place.edge_addresses
    connections_max = -(-place.connections * len(edges) // 1000) * 1000
    return filled(
        "haproxy.cfg",
        {
            "needs": _needs(place),
            "connections_max": connections_max,
            "connections_of_newcomers": round(connections_max * _RESERVE),
            "handshakes_per_s": _HANDSHAKES_PER_S * settings.gates * len(edges),
            "ciphers": CIPHERS,
            "ciphersuites": CIPHERSUITES,
            "curves": CURVES,
            "front_certificate": place.certificates / f"{place.domain}.pem",
            "stage_certificate": place.certificates / f"{place.stage_domain}.pem",
            "tables": _tables(),
            "counted": _counted(),
            "far_over": _far_over(place),
            "over": _over(place),
            "who_asks": _who_asks(place),
            "reuse": _reuse(place),
            "edges": _servers(place),
            "edges_of_extras": _servers(place, f" maxconn {_DOWNLOADS * settings.gates}"),
            "backstage": place.backstage_address,
        },
    )


def _needs(place: Place) -> str:
    """Which settings the house needs for this file; the proxy's address is the operator's to name."""
    lines = ["# The house must know who stands in front of it, or everybody is one client (docs/DEPLOY.md):"]
    proxies = ",".join(f'"{network}"' for network in place.settings.trusted_proxies) or '"127.0.0.1"'
    lines.append(f"#   STENTOR_TRUSTED_PROXIES=[{proxies}]    (this machine, as edges see it)")
    if place.settings.proxy_protocol:
        lines.append("#   STENTOR_PROXY_PROTOCOL=true")
    return "\n".join(lines)


def _tables() -> str:
    return "\n".join(
        f"backend network_{network.ipv6_bits}\n"
        f"    stick-table type ipv6 size {_TABLE_ROWS} expire 60s"
        f" store conn_cur,conn_rate({BURST_S}s),http_req_rate(10s)"
        for network in networks()
    )


def _counted() -> str:
    return "\n".join(
        f"tcp-request connection track-sc{index}"
        f" src,ipmask({network.ipv4_bits},{network.ipv6_bits}) table network_{network.ipv6_bits}"
        for index, network in enumerate(networks())
    )


def _far_over(place: Place) -> str:
    return _conditions("tcp-request connection reject", _rates(place, times=_RESET_ABOVE))


def _over(place: Place) -> str:
    counts = [
        f"sc{index}_http_req_rate gt {round(rate * 10 * _REQUESTS_ABOVE * network.share)}"
        for index, network in enumerate(networks())
        if (rate := place.settings.door_requests_per_s)
    ]
    counts += [
        f"sc{index}_conn_cur gt {CONNECTIONS_OF_ONE_ADDRESS * network.share}"
        for index, network in enumerate(networks())
    ]
    return _conditions("http-request deny deny_status 429", _rates(place) + counts)


def _rates(place: Place, *, times: int = 1) -> list[str]:
    """New connections within the burst's time."""
    per_s = place.settings.door_connections_per_s
    return [
        f"sc{index}_conn_rate gt {max(1, round(per_s * BURST_S * network.share * times))}"
        for index, network in enumerate(networks())
        if per_s
    ]


def _conditions(rule: str, conditions: list[str]) -> str:
    return "\n".join(f"{rule} if {{ {condition} }}" for condition in conditions)


def _who_asks(place: Place) -> str:
    """The gate's own budgets count the address that it is told."""
    if place.settings.proxy_protocol:
        return (
            "# Told by the PROXY protocol; a header would be believed as well.\n"
            "http-request del-header X-Forwarded-For"
        )
    return (
        "# Replaced, not appended: what a client claims about itself is not passed on.\n"
        "http-request set-header X-Forwarded-For %[src]"
    )


def _reuse(place: Place) -> str:
    if not place.settings.proxy_protocol:
        return ""
    return "# Each connection speaks for one client: kept after them, it would be nobody's.\nhttp-reuse never"


def _servers(place: Place, limit: str = "") -> str:
    told = " send-proxy-v2 check-send-proxy" if place.settings.proxy_protocol else ""
    return "\n".join(
        f"server edge{number} {where}{told}{limit}" for number, where in enumerate(place.edge_addresses, 1)
    )
