"""Who is connected behind a proxy, as its PROXY protocol says: version 1 and version 2. Pure.

Comes in: a connection's first bytes, from a proxy that the operator has named. Goes out: the address, and
where HTTP begins. Never: a guess; what is not exactly a header of the protocol ends the connection.

Source: HAProxy's «The PROXY protocol», versions 1 and 2 (2020/03/05).
"""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from stentor.errors import BadInput

V1_BYTES_MAX: Final = 107
"""The specification's own bound; a line of 108 without an end is none."""
V2_BYTES_MAX: Final = 16 + 512
"""Addresses are 36 bytes at most; the rest are extensions (TLS facts, an id), which are skipped."""
_V1_BEGIN: Final = b"PROXY "
_V2_BEGIN: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_V2_HEAD: Final = struct.Struct("!12sBBH")
_LOCAL: Final = 0x20
_PROXY: Final = 0x21
_PORT_MAX: Final = 65_535
_PORT_DIGITS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Proxied:
    """A header that was read.

    Args:
        address: the client's; None: the proxy speaks for itself (a health check, or no TCP client).
        size_bytes: where the client's own bytes begin.
    """

    address: str | None
    size_bytes: int


def proxied(data: bytes) -> Proxied | None:
    """Reads the header at the beginning of `data`; None: more bytes are needed to tell.

    Raises: BadInput: it is none, or one that is broken.
    Bounds: never asks for more than V2_BYTES_MAX bytes.
    """
    if data.startswith(_V2_BEGIN):
        return _version_2(data)
    if data.startswith(_V1_BEGIN):
        return _version_1(data)
    if len(data) < len(_V2_BEGIN) and (_V2_BEGIN.startswith(data) or _V1_BEGIN.startswith(data)):
        return None
    raise BadInput("The proxy says nothing about its client; let it send the PROXY protocol.")


def _version_1(data: bytes) -> Proxied | None:
    line, end, _ = data[:V1_BYTES_MAX].partition(b"\r\n")
    if not end:
        if len(data) >= V1_BYTES_MAX:
            raise BadInput("A PROXY line is over 107 bytes.")
        return None
    size_bytes = len(line) + len(end)
    match line.split(b" "):
        case [_, b"UNKNOWN", *_]:
            return Proxied(None, size_bytes)
        case [_, (b"TCP4" | b"TCP6") as family, source, target, *ports] if _are_ports(ports):
            _address(target, family)
            return Proxied(_address(source, family), size_bytes)
    raise BadInput("A PROXY line cannot be read.")


def _are_ports(texts: list[bytes]) -> bool:
    return len(texts) == 2 and all(  # noqa: PLR2004  # source and target
        text.isdigit() and len(text) <= _PORT_DIGITS_MAX and int(text) <= _PORT_MAX for text in texts
    )


def _address(text: bytes, family: bytes) -> str:
    try:
        word = text.decode("ascii")
        return str(IPv4Address(word) if family == b"TCP4" else IPv6Address(word))
    except ValueError:
        raise BadInput("An address in a PROXY line cannot be read.") from None


def _version_2(data: bytes) -> Proxied | None:
    if len(data) < _V2_HEAD.size:
        return None
    _, command, family, length = _V2_HEAD.unpack_from(data)
    size_bytes = _V2_HEAD.size + length
    if command not in {_LOCAL, _PROXY} or size_bytes > V2_BYTES_MAX:
        raise BadInput("A PROXY header of version 2 has an unknown command or is too long.")
    if len(data) < size_bytes:
        return None
    body = data[_V2_HEAD.size : size_bytes]
    if command == _LOCAL:
        return Proxied(None, size_bytes)
    # The lower half says stream or datagram; a proxy that relays HTTP/3 to us over TCP may say either.
    match family >> 4:
        case 1 if length >= 12:  # noqa: PLR2004  # two addresses, two ports
            return Proxied(str(IPv4Address(body[:4])), size_bytes)
        case 2 if length >= 36:  # noqa: PLR2004
            return Proxied(str(IPv6Address(body[:16])), size_bytes)
        case 0 | 3:
            return Proxied(None, size_bytes)
    raise BadInput("A PROXY header of version 2 is shorter than its addresses.")
