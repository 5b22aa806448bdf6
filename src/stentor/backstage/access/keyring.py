"""The passkeys of one account. Pure.

Comes in: the keyring and what an authenticator has proved. Goes out: the keyring as it is then. Never: a
private key: that stays in the authenticator.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

from stentor.errors import Conflict, Full, NotFound

PASSKEYS_PER_ACCOUNT_MAX = 10


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key that an authenticator made for this house.

    Args:
        id: the credential's, base64url.
        public_key: COSE, base64url.
        sign_count: the authenticator's, when it was used last; 0: it does not count.
        name: for its owner.
    """

    id: str
    public_key: str
    sign_count: int
    name: str
    created_ms: int
    used_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """Args: handle: the random half of the account's user handle, which only its authenticators know."""

    account_id: str
    handle: str
    passkeys: tuple[Passkey, ...] = ()

    @property
    def user_handle(self) -> bytes:
        """What authenticators keep beside the key, and say with each sign-in."""
        return f"{self.account_id}.{self.handle}".encode()

    def find(self, passkey_id: str) -> Passkey | None:
        return next((passkey for passkey in self.passkeys if passkey.id == passkey_id), None)

    def added(self, passkey: Passkey) -> "Keyring":
        """Raises: Full. Conflict: it is there."""
        if self.find(passkey.id) is not None:
            raise Conflict("This passkey is known already.")
        if len(self.passkeys) >= PASSKEYS_PER_ACCOUNT_MAX:
            raise Full("This account's list of passkeys", limit=PASSKEYS_PER_ACCOUNT_MAX)
        return replace(self, passkeys=(*self.passkeys, passkey))

    def removed(self, passkey_id: str) -> "Keyring":
        """Raises: NotFound."""
        if self.find(passkey_id) is None:
            raise NotFound("This account has no such passkey.")
        return replace(self, passkeys=tuple(p for p in self.passkeys if p.id != passkey_id))

    def used(self, passkey_id: str, *, sign_count: int, wall_ms: int) -> "Keyring":
        """Raises: NotFound: removed meanwhile. Conflict: the count went back or stood still.

        Source: WebAuthn level 3, 6.1.1: two copies of one authenticator show themselves so.
        """
        passkey = self.find(passkey_id)
        if passkey is None:
            raise NotFound("This account has no such passkey.")
        if (sign_count or passkey.sign_count) and sign_count <= passkey.sign_count:
            raise Conflict("This passkey was used by a copy of it. Remove it and make a new one.")
        then = replace(passkey, sign_count=sign_count, used_ms=wall_ms)
        return replace(self, passkeys=tuple(then if p is passkey else p for p in self.passkeys))

    def as_json(self) -> dict[str, Any]:
        passkeys = [
            [p.id, p.public_key, p.sign_count, p.name, p.created_ms, p.used_ms] for p in self.passkeys
        ]
        return {"account": self.account_id, "handle": self.handle, "passkeys": passkeys}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["account"], data["handle"], tuple(Passkey(*row) for row in data["passkeys"]))
