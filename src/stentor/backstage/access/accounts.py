"""The accounts of this house: people who come without an invitation, and the roll that lists them. Pure.

Comes in: the roll and a wish. Goes out: the roll as it is then. Never: a house without an owner who can come
in; a secret: passkeys are in `keyring.py`, sessions in `sessions.py`.
"""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from stentor.backstage.access.rights import Rank
from stentor.errors import Conflict, Full, NotFound

ACCOUNTS_MAX = 200
"""The roll is one record, read with each request of a session: 200 accounts are 40 kB."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the OpenID provider. What they may do here stands in the settings, at any moment.

    Args:
        email: empty: none, or one that the provider has not verified.
    """

    issuer: str
    subject: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who keeps, operates or uses this house.

    Args:
        id: how the event log calls them.
        name: for people.
        seen_ms: when they signed in last; None: never.
        identity: whoever comes by the OpenID provider; None: by one-time link and passkey.
    """

    id: str
    name: str
    rank: Rank
    created_ms: int = 0
    seen_ms: int | None = None
    identity: Identity | None = None


OWNER: Final = Account("owner", "Owner", Rank.OWNER)
"""Whoever holds the owner's token, which lies in the data directory: the command line."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Every account, in order of arrival. One record, so that two owners cannot remove each other."""

    accounts: tuple[Account, ...] = ()

    def find(self, account_id: str) -> Account | None:
        return next((account for account in self.accounts if account.id == account_id), None)

    def get(self, account_id: str) -> Account:
        """Raises: NotFound."""
        found = self.find(account_id)
        if found is None:
            raise NotFound(f"There is no account {account_id[:60]!r} in this house.")
        return found

    @property
    def first_owner(self) -> Account | None:
        """Whom the owner's link is for: the first owner that is this house's own."""
        owners = [a for a in self.accounts if a.rank is Rank.OWNER and a.identity is None]
        return owners[0] if owners else None

    def added(self, account: Account) -> "Roll":
        """Raises: Full."""
        if len(self.accounts) >= ACCOUNTS_MAX:
            raise Full("The roll of accounts", limit=ACCOUNTS_MAX)
        return Roll((*self.accounts, account))

    def met(self, account: Account) -> "Roll":
        """Somebody came by the provider: added, or known by now's address and rank. Raises: Full."""
        known = self.find(account.id)
        if known is None:
            return self.added(account)
        then = replace(account, created_ms=known.created_ms, seen_ms=known.seen_ms)
        return Roll(tuple(then if a is known else a for a in self.accounts))

    def changed(self, account_id: str, *, name: str | None = None, rank: Rank | None = None) -> "Roll":
        """Raises: NotFound. Conflict: the last owner must stay one, or the settings say their rank."""
        account = self.get(account_id)
        if rank is not None and account.identity is not None:
            raise Conflict(
                f"{account.name} comes by the OpenID provider; the setting oidc_allowed says their rank."
            )
        then = replace(account, name=name or account.name, rank=rank or account.rank)
        return self._checked(account, Roll(tuple(then if a is account else a for a in self.accounts)))

    def removed(self, account_id: str) -> "Roll":
        """Raises: NotFound. Conflict: the last owner."""
        account = self.get(account_id)
        return self._checked(account, Roll(tuple(a for a in self.accounts if a is not account)))

    def seen(self, account_id: str, *, wall_ms: int) -> "Roll":
        """Raises: NotFound."""
        account = self.get(account_id)
        return Roll(tuple(replace(a, seen_ms=wall_ms) if a is account else a for a in self.accounts))

    def _checked(self, account: Account, then: "Roll") -> "Roll":
        if account in self._owners_who_came and not then._owners_who_came:
            raise Conflict(
                f"{account.name} is the last owner of this house. Make somebody else an owner, and let them "
                "sign in, first."
            )
        return then

    @property
    def _owners_who_came(self) -> list[Account]:
        """Owners who have shown that they can come in. The provider's do not count: settings change."""
        return [
            a for a in self.accounts if a.rank is Rank.OWNER and a.identity is None and a.seen_ms is not None
        ]

    def as_json(self) -> dict[str, Any]:
        return {"accounts": [_as_json(account) for account in self.accounts]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(tuple(_from_json(account) for account in data["accounts"]))


def _as_json(account: Account) -> dict[str, Any]:
    identity = account.identity
    return {
        "id": account.id,
        "name": account.name,
        "rank": account.rank.value,
        "created_ms": account.created_ms,
        "seen_ms": account.seen_ms,
        "identity": None if identity is None else [identity.issuer, identity.subject, identity.email],
    }


def _from_json(data: dict[str, Any]) -> Account:
    identity = data["identity"]
    return Account(
        id=data["id"],
        name=data["name"],
        rank=Rank(data["rank"]),
        created_ms=data["created_ms"],
        seen_ms=data["seen_ms"],
        identity=None if identity is None else Identity(*identity),
    )
