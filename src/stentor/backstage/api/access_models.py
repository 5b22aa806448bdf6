"""What crosses the stage door as JSON about sessions, passkeys and accounts."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from stentor.backstage.access.accounts import Account
from stentor.backstage.access.keyring import Keyring
from stentor.backstage.access.rights import Rank
from stentor.limits import NAME_LENGTH_MAX

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
Secret = Annotated[str, Field(min_length=1, max_length=128)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AccountTold(BaseModel):
    """Somebody of this house. `way`: how they come in."""

    id: str
    name: str
    rank: Rank
    created_ms: int
    seen_ms: int | None
    way: Annotated[str, Field(description="`passkey` (or a one-time link), or `provider`.")]

    @classmethod
    def of(cls, account: Account) -> "AccountTold":
        way = "passkey" if account.identity is None else "provider"
        return cls(
            id=account.id,
            name=account.name,
            rank=account.rank,
            created_ms=account.created_ms,
            seen_ms=account.seen_ms,
            way=way,
        )


class Who(BaseModel):
    id: str
    name: str
    rank: Rank


class Ways(BaseModel):
    """How one can sign in here."""

    passkey: Annotated[bool, Field(description="false: the door has an address and no name.")]
    provider: Annotated[str | None, Field(description="The OpenID provider's name; null: there is none.")]


class SessionTold(BaseModel):
    """Who the browser's session is."""

    account: Who | None
    csrf: Annotated[
        str | None, Field(description="Send it as `X-CSRF-Token` with each POST, PUT, PATCH and DELETE.")
    ]
    is_fresh: Annotated[bool, Field(description="Signed in within 15 minutes: passkeys can be changed.")]
    ways: Ways


class OnceWanted(_Strict):
    token: Annotated[Secret, Field(description="The last part of a one-time link.")]


class PasskeyOptions(BaseModel):
    """What `PublicKeyCredential.parse…OptionsFromJSON` takes."""

    options: dict[str, Any]


class PasskeyAnswer(_Strict):
    """What the authenticator said: `PublicKeyCredential.toJSON()`."""

    answer: dict[str, Any]


class PasskeyWanted(_Strict):
    name: Name
    answer: Annotated[dict[str, Any], Field(description="`PublicKeyCredential.toJSON()`.")]


class PasskeyTold(BaseModel):
    id: str
    name: str
    created_ms: int
    used_ms: int | None


class PasskeysTold(BaseModel):
    """At most ten, in the order in which they were made."""

    items: list[PasskeyTold]

    @classmethod
    def of(cls, keyring: Keyring) -> "PasskeysTold":
        return cls(
            items=[
                PasskeyTold(id=p.id, name=p.name, created_ms=p.created_ms, used_ms=p.used_ms)
                for p in keyring.passkeys
            ]
        )


class ProviderBegun(BaseModel):
    url: Annotated[str, Field(description="Where the browser goes now.")]


class AccountWanted(_Strict):
    name: Name
    rank: Rank


class AccountChange(_Strict):
    name: Name | None = None
    rank: Rank | None = None


class LinkTold(BaseModel):
    """A one-time link. It is told once."""

    link: str
    until_ms: int


class AccountMade(AccountTold):
    """A new account and the one-time link with which its person comes in first."""

    link: str
    until_ms: int


class OwnerLinkWanted(_Strict):
    only_first: Annotated[bool, Field(description="409 once an owner has come in.")] = False
