"""The PROXY protocol: read exactly, or refused."""

import socket
import struct
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stentor.admission.proxy_protocol import V2_BYTES_MAX, Proxied, proxied
from stentor.errors import BadInput

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def version_2(source: str, *, command: int = 0x21, more: bytes = b"") -> bytes:
    """A header as HAProxy's `send-proxy-v2` writes it."""
    is_v4 = "." in source
    family, zero = (socket.AF_INET, "192.0.2.9") if is_v4 else (socket.AF_INET6, "2001:db8::9")
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, zero)
    body = addresses + struct.pack("!HH", 40_000, 443) + more
    return SIGNATURE + struct.pack("!BBH", command, 0x11 if is_v4 else 0x21, len(body)) + body


GOOD = {
    b"PROXY TCP4 192.0.2.1 192.0.2.9 40000 443\r\n": "192.0.2.1",
    b"PROXY TCP6 2001:db8::1 2001:db8::9 40000 443\r\n": "2001:db8::1",
    b"PROXY UNKNOWN\r\n": None,
    b"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n": None,
    version_2("192.0.2.1"): "192.0.2.1",
    version_2("2001:db8::1"): "2001:db8::1",
    version_2("192.0.2.1", more=b"\x03\x00\x04\x00\x00\x00\x00"): "192.0.2.1",
    version_2("192.0.2.1", command=0x20): None,
    SIGNATURE + b"\x20\x00\x00\x00": None,
}


@pytest.mark.parametrize(("head", "address"), GOOD.items())
def test_a_header_names_the_client_and_ends_where_http_begins(head: bytes, address: str | None) -> None:
    assert proxied(head + REQUEST) == Proxied(address, len(head))


@pytest.mark.parametrize("head", GOOD)
def test_a_header_that_has_not_come_whole_is_waited_for(head: bytes) -> None:
    assert [proxied(head[:size]) for size in range(len(head))] == [None] * len(head)


BAD = [
    REQUEST,
    b"PROXIED",
    b"PROXY TCP4 192.0.2.1 192.0.2.9 40000\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.9 40000 65536\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.9 40000 -1\r\n",
    b"PROXY TCP4 2001:db8::1 192.0.2.9 40000 443\r\n",
    b"PROXY TCP6 192.0.2.1 2001:db8::9 40000 443\r\n",
    b"PROXY TCP4 192.0.2.1\xff 192.0.2.9 40000 443\r\n",
    b"PROXY TCP4  192.0.2.1 192.0.2.9 40000 443\r\n",
    b"PROXY UDP4 192.0.2.1 192.0.2.9 40000 443\r\n",
    b"PROXY TCP4 " + b"1" * 200,
    SIGNATURE + b"\x11\x11\x00\x0c" + bytes(12),
    SIGNATURE + b"\x21\x11\x00\x04" + bytes(4),
    SIGNATURE + b"\x21\x11" + struct.pack("!H", V2_BYTES_MAX),
]


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        proxied(data)


@given(st.binary(max_size=600) | st.binary(max_size=60).map(SIGNATURE.__add__))
def test_any_bytes_are_read_or_refused_and_nothing_unbounded_is_waited_for(data: bytes) -> None:
    try:
        found = proxied(data)
    except BadInput:
        return
    assert len(data) < V2_BYTES_MAX if found is None else found.size_bytes <= len(data)


@given(st.ip_addresses(), st.binary(max_size=64))
def test_every_address_comes_through(address: IPv4Address | IPv6Address, rest: bytes) -> None:
    version_1 = f"PROXY TCP{address.version} {address} {address} 1 2\r\n".encode()
    for head in (version_1, version_2(str(address))):
        assert proxied(head + rest) == Proxied(str(address), len(head))
