"""Where webhooks may go: out, and not into the house's own network. Pure.

Comes in: an owner's URL, an address that a name was found to have. Goes out: yes or why not. Never: a
look-up.

Both are needed: the URL is checked when it is given, the address each time when it is connected to, because a
name may lead elsewhere the next time (DNS rebinding).
"""

import ipaddress
import re
from urllib.parse import urlsplit

from stentor.errors import BadInput

URL_LENGTH_MAX = 500

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?", re.ASCII)
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def checked_url(text: str, *, may_be_private: bool) -> str:
    """The URL as it is kept. Raises: BadInput.

    Args:
        may_be_private: the setting `webhook_private`: one's own network is allowed, and http to this machine.
    """
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise BadInput("The webhook's URL cannot be read. It looks like https://example.org/hook.") from None
    if len(text) > URL_LENGTH_MAX or not text.isascii() or not text.isprintable() or " " in text:
        raise BadInput(f"The webhook's URL must be at most {URL_LENGTH_MAX} letters of ASCII without blanks.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise BadInput("The webhook's URL must name a host, and no user, password or fragment.")
    is_local = may_be_private and _is_loopback(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise BadInput("The webhook's URL must begin with https://.")
    literal = _literal(host)
    if literal is not None and not may_connect(literal, may_be_private=may_be_private):
        raise BadInput(refusal(str(literal)))
    if literal is None and not _is_name(host):
        raise BadInput("The webhook's host must be a name, or an address as it is usually written.")
    return text


def may_connect(address: _Address, *, may_be_private: bool) -> bool:
    """Whether a connection may go there. An address inside another (mapped, 6to4, NAT64) counts as itself."""
    inner = _inner(address)
    if inner.is_multicast or inner.is_unspecified or inner.is_link_local:
        # Link-local is where clouds keep their machines' credentials: for nobody, whatever is set.
        return False
    if may_be_private and (inner.is_loopback or inner.is_private):
        return True
    return inner.is_global and not inner.is_reserved


def refusal(address: str) -> str:
    return (
        f"The webhook's host has the address {address}, which is no public one. "
        "Next step: set webhook_private if it is in your own network."
    )


def parsed(text: str) -> _Address:
    """Raises: ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])


def _inner(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


def _literal(host: str) -> _Address | None:
    try:
        return parsed(host)
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """Whether nobody can take it for an address: `127.1` and `0x7f000001` are one to some resolvers.

    Source: the WHATWG URL standard: a host whose last part is a number is an IPv4 address.
    """
    last = host.removesuffix(".").rpartition(".")[2]
    return _NAME.fullmatch(host) is not None and _NUMBER.fullmatch(last) is None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else _inner(literal).is_loopback
