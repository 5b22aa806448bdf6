"""Which STUN datagrams are worth an HMAC: everything else at a media port gets silence. Pure.

Comes in: a datagram, where it came from, the time. Goes out: yes or no. Never: an answer, a table that grows
with the number of strangers, a key.

In order of cost, each step cheaper than the next: length and cookie, kind, our name in USERNAME, the source's
own pace, the pace of all sources that are new. A source that ICE has validated keeps its own pace, so that a
flood from forged addresses cannot use up what the speaker needs for consent.

Source: RFC 8489 (STUN), RFC 8445 7.3 (checks), RFC 7675 (consent).
"""

import struct
from collections.abc import Container, Hashable
from typing import Final

from stentor.admission.pace import Pace

STUN_BYTES_MAX: Final = 548
"""RFC 8489 6.1: what fits into any path without fragments. A browser's check has about 110."""
_HEADER: Final = struct.Struct("!HHI12s")
_ATTRIBUTE: Final = struct.Struct("!HH")
_COOKIE: Final = 0x2112A442
_REQUEST, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111
_USERNAME, _INTEGRITY, _PRIORITY = 0x0006, 0x0008, 0x0024
_INTEGRITY_BYTES, _PRIORITY_BYTES = 20, 4
_ATTRIBUTES_MAX: Final = 16

_SOURCE_BURST: Final = 50
_SOURCE_INTERVAL_S: Final = 0.02
"""Chromium pings each pair every 48 ms until one is good, then every 2.5 s."""
_SOURCES_MAX: Final = 256
_NEW_BURST: Final = 100
_NEW_INTERVAL_S: Final = 0.01
"""An HMAC with its parsing costs 0.1 ms: strangers who know our name get 1 % of a core."""


class StunGate:
    """The gate of one media port.

    Args:
        local_name: our ICE user name fragment, which only the invited person's offer was answered with.
    """

    def __init__(self, local_name: str) -> None:
        self._prefix = f"{local_name}:".encode()
        self._sources = Pace(_SOURCE_BURST, _SOURCE_INTERVAL_S, clients_max=_SOURCES_MAX)
        self._new = Pace(_NEW_BURST, _NEW_INTERVAL_S, clients_max=1)

    def admits(
        self, data: bytes, *, source: Hashable, is_known: bool, awaited: Container[bytes], now_s: float
    ) -> bool:
        """Whether to look at it closely.

        Args:
            is_known: ICE has validated this source before.
            awaited: transactions of our own that still have no answer.
        Bounds: reads 16 attributes at most; remembers 256 sources.
        """
        if not _HEADER.size <= len(data) <= STUN_BYTES_MAX:
            return False
        kind, size, cookie, transaction = _HEADER.unpack_from(data)
        if cookie != _COOKIE or len(data) != _HEADER.size + size or size % 4:
            return False
        if kind in {_SUCCESS, _ERROR}:
            return transaction in awaited
        if kind != _REQUEST or not self._is_for_us(data):
            return False
        if self._sources.wait_s(source, now_s=now_s):
            return False
        return is_known or not self._new.wait_s(None, now_s=now_s)

    def _is_for_us(self, data: bytes) -> bool:
        """Our name, a signature and a priority are there, and nothing is torn."""
        at, found = _HEADER.size, set()
        for _ in range(_ATTRIBUTES_MAX):
            if at == len(data):
                break
            if at + _ATTRIBUTE.size > len(data):
                return False
            kind, size = _ATTRIBUTE.unpack_from(data, at)
            at += _ATTRIBUTE.size
            if at + size > len(data):
                return False
            if kind == _USERNAME:
                if not data.startswith(self._prefix, at, at + size):
                    return False
            elif (kind == _INTEGRITY and size != _INTEGRITY_BYTES) or (
                kind == _PRIORITY and size != _PRIORITY_BYTES
            ):
                return False
            found.add(kind)
            at += size + -size % 4
        return at == len(data) and {_USERNAME, _INTEGRITY, _PRIORITY} <= found
