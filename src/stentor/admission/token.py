"""Ticket and pass: two compact keyed-MAC tokens that any edge checks alone. Pure: time is an argument.

Comes in: a token of anybody's, or facts to seal. Goes out: facts that this house has sealed for this very
Space, or None. Never: a second format, an algorithm that the token names, a look-up, an exception for bad
input: a forged token costs what a good one does.

A token is base64url without padding of: kind (1 byte), key's number (1), issued (u32, Unix seconds), the
kind's own fields, MAC (16). The MAC is keyed BLAKE2b over all before it and the Space's id, its `person` the
kind: a ticket can never be read as a pass, nor a token of one Space at another's door.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

TICKET_S: Final = 6 * 3600
PASS_S: Final = 3 * 3600
"""A player shows its pass at least every 25 minutes (`session_s` and its spread) and is given a fresh one."""
LEEWAY_S: Final = 90
"""Clocks of two edges may differ by so much: a token from so far in the future is still good."""
TOKEN_LENGTH_MAX: Final = 64
EFFORT_MAX: Final = 3
KEY_BYTES: Final = 32
_MAC_BYTES: Final = 16
_HEAD: Final = struct.Struct("!BBI")
_TICKET: Final = struct.Struct("!8sIB4s")
_PASS: Final = struct.Struct("!8s4s")
_KIND_TICKET: Final = 1
_KIND_PASS: Final = 2
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_PERSON: Final = {_KIND_TICKET: b"stentor-ticket", _KIND_PASS: b"stentor-pass"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in the line.

    Args:
        issued_s: Unix time at which an edge gave it out.
        id: 8 random bytes; with the line's seed they decide the order within a bucket (`line/place.py`).
        bucket: 0: arrived before the doors opened; n: in the n-th second after, or counted as such because
            the asker's network had asked for many (`budgets.py`).
        effort: proof of work that was shown, 0 to EFFORT_MAX.
        network: first bytes of the keyed hash of the asker's network; empty bytes are four zeros.
    """

    issued_s: int
    id: bytes
    bucket: int
    effort: int = 0
    network: bytes = bytes(4)


@dataclass(frozen=True, slots=True)
class Pass:
    """The right to one listening session, renewed as long as it is used.

    Args:
        session: 8 random bytes, the same in every renewal.
        network: as in the ticket. Nobody is refused for it, and nothing reads it yet: a phone changes it
            within one talk.
    """

    issued_s: int
    session: bytes
    network: bytes = bytes(4)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """One of the house's keys.

    Args:
        number: 0…255, stands in the token; the next key has the next number.
        since_s: Unix time from which tokens are sealed with it.
    """

    number: int
    secret: bytes = field(repr=False)
    since_s: int


class KeyRing:
    """The keys in force, and the two verbs.

    Args:
        keys: the newest that has begun seals; all of them open. At least one.
    """

    def __init__(self, keys: Iterable[TokenKey]) -> None:
        self._keys = {key.number: key for key in keys}
        assert self._keys, "a door without a key seals nothing"
        self._newest_first = sorted(self._keys.values(), key=lambda key: -key.since_s)

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """A ring with one key."""
        return cls([TokenKey(0, secret, 0)])

    def sealed_ticket(self, ticket: Ticket, *, space_id: str) -> str:
        body = _TICKET.pack(ticket.id, ticket.bucket, ticket.effort, ticket.network)
        return self._sealed(_KIND_TICKET, ticket.issued_s, body, space_id)

    def sealed_pass(self, pass_: Pass, *, space_id: str) -> str:
        body = _PASS.pack(pass_.session, pass_.network)
        return self._sealed(_KIND_PASS, pass_.issued_s, body, space_id)

    def opened_ticket(self, token: str, *, space_id: str, now_s: float) -> Ticket | None:
        """None: forged, of another Space, expired, or no ticket; nobody is told which."""
        found = self._opened(_KIND_TICKET, _TICKET.size, token, space_id, now_s=now_s, ttl_s=TICKET_S)
        if found is None:
            return None
        issued_s, body = found
        id_, bucket, effort, network = _TICKET.unpack(body)
        return Ticket(issued_s, id_, bucket, min(effort, EFFORT_MAX), network)

    def opened_pass(self, token: str, *, space_id: str, now_s: float, ttl_s: int = PASS_S) -> Pass | None:
        """None: forged, of another Space, expired, or no pass.

        Args:
            ttl_s: longer for players that can take no fresh one (native HLS); above TICKET_S its key may be
                gone.
        """
        assert ttl_s <= TICKET_S
        found = self._opened(_KIND_PASS, _PASS.size, token, space_id, now_s=now_s, ttl_s=ttl_s)
        return None if found is None else Pass(found[0], *_PASS.unpack(found[1]))

    def _sealed(self, kind: int, issued_s: int, body: bytes, space_id: str) -> str:
        newest, *_ = self._newest_first
        key = next((key for key in self._newest_first if key.since_s <= issued_s), newest)
        whole = _HEAD.pack(kind, key.number, issued_s) + body
        mac = _mac(key.secret, kind, whole, space_id)
        return binascii.b2a_base64(whole + mac, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()

    def _opened(
        self, kind: int, size: int, token: str, space_id: str, *, now_s: float, ttl_s: int
    ) -> tuple[int, bytes] | None:
        if len(token) > TOKEN_LENGTH_MAX:
            return None
        try:
            whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(whole) != _HEAD.size + size + _MAC_BYTES:
            return None
        told_kind, number, issued_s = _HEAD.unpack_from(whole)
        key = self._keys.get(number)
        if told_kind != kind or key is None:
            return None
        body, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(key.secret, kind, body, space_id)):
            return None
        if not -LEEWAY_S <= now_s - issued_s <= ttl_s:
            return None
        return issued_s, body[_HEAD.size :]


def _mac(secret: bytes, kind: int, body: bytes, space_id: str) -> bytes:
    return hashlib.blake2b(
        body + space_id.encode(), key=secret, digest_size=_MAC_BYTES, person=_PERSON[kind]
    ).digest()
