"""Sessions: who has signed in, in which browser, until when.

Comes in: an account that has proved itself; later its token. Goes out: the token, once; later the session.
Never: a token in the store, a session that lives for ever, a token that was known before the sign-in.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Self

from stentor.errors import Conflict, LogAway
from stentor.log.bucket import Bucket
from stentor.log.bus import Bus
from stentor.space.names import new_token, token_key

IDLE_MS_MAX = 12 * 3_600_000
"""An evening and its preparation; a forgotten browser is nobody's the next morning."""
AGE_MS_MAX = 30 * 24 * 3_600_000
FRESH_MS_MAX = 15 * 60_000
"""So long after the sign-in a session may change how its account signs in: a stolen one cannot stay."""
SESSIONS_PER_ACCOUNT_MAX = 20
_TOUCH_EVERY_MS = 5 * 60_000
"""One write in five minutes, however often a page asks."""


class Way(StrEnum):
    """How somebody came in."""

    LINK = "link"
    PASSKEY = "passkey"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of one account."""

    account_id: str
    way: Way
    created_ms: int
    seen_ms: int

    def is_over(self, wall_ms: int) -> bool:
        return wall_ms - self.seen_ms >= IDLE_MS_MAX or wall_ms - self.created_ms >= AGE_MS_MAX

    def is_fresh(self, wall_ms: int) -> bool:
        return wall_ms - self.created_ms < FRESH_MS_MAX


class SessionStore:
    """The bucket `sessions`. Keys: `<account>.<the token's hash>`. Every call may raise LogAway."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @classmethod
    async def open(cls, bus: Bus) -> Self:
        return cls(await bus.bucket("sessions", ttl_s=AGE_MS_MAX / 1000))

    async def begin(self, account_id: str, way: Way, *, wall_ms: int) -> str:
        """Returns: the new session's token. Bounds: the account's least used session makes room."""
        others = await self._of(account_id)
        if len(others) >= SESSIONS_PER_ACCOUNT_MAX:
            await self._bucket.delete(min(others, key=lambda key: others[key].seen_ms))
        token = new_token()
        session = Session(account_id, way, created_ms=wall_ms, seen_ms=wall_ms)
        await self._bucket.create(f"{account_id}.{token_key(token)}", _bytes(session))
        return token

    async def find(self, token: str, *, wall_ms: int) -> Session | None:
        """The session, kept alive by this look; None: unknown, ended or over."""
        found = await self._bucket.matching(f"*.{token_key(token)}")
        if found is None:
            return None
        key, entry = found
        session = _read(entry.value)
        if session.is_over(wall_ms):
            await self._bucket.delete(key)
            return None
        if wall_ms - session.seen_ms >= _TOUCH_EVERY_MS:
            session = replace(session, seen_ms=wall_ms)
            # Another request of the same page was faster, or the log elects: the next look does it.
            with suppress(Conflict, LogAway):
                await self._bucket.update(key, _bytes(session), revision=entry.revision)
        return session

    async def end(self, token: str) -> None:
        """Again is no error."""
        found = await self._bucket.matching(f"*.{token_key(token)}")
        if found is not None:
            await self._bucket.delete(found[0])

    async def end_all(self, account_id: str, *, but: str | None = None) -> None:
        """Ends an account's sessions. Args: but: the token of the one that stays."""
        kept = None if but is None else f"{account_id}.{token_key(but)}"
        for key in await self._of(account_id):
            if key != kept:
                await self._bucket.delete(key)

    async def _of(self, account_id: str) -> dict[str, Session]:
        found = {}
        for key in await self._bucket.keys(account_id):
            entry = await self._bucket.get(key)
            if entry is not None:
                found[key] = _read(entry.value)
        return found


def _bytes(session: Session) -> bytes:
    return json.dumps(asdict(session)).encode()


def _read(value: bytes) -> Session:
    data = json.loads(value)
    return Session(data["account_id"], Way(data["way"]), data["created_ms"], data["seen_ms"])
