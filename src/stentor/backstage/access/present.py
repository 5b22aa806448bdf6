"""Who is here: somebody whose session holds, and somebody who has just signed in."""

from dataclasses import dataclass

from stentor.backstage.access.accounts import Account
from stentor.backstage.access.sessions import Session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token is told to the browser and kept by nobody."""

    account: Account
    token: str


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody whose session holds."""

    account: Account
    session: Session
    token: str
