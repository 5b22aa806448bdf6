"""The way in by passkey: making one, removing one, signing in with one.

Comes in: authenticators' answers. Goes out: questions for them, a new session. Never: a challenge that works
twice, a word about which half of an answer was wrong, a change by a session that is not fresh.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from stentor.backstage.access.accounts import Account
from stentor.backstage.access.keyring import Keyring, Passkey
from stentor.backstage.access.once import OnceStore
from stentor.backstage.access.origins import Origins
from stentor.backstage.access.pace import Pace
from stentor.backstage.access.passkeys import (
    CHALLENGE_TIMEOUT_MS,
    claimed_by,
    creation_options,
    request_options,
    verified_new,
    verified_use,
)
from stentor.backstage.access.present import Present, SignedIn
from stentor.backstage.access.sessions import SessionStore, Way
from stentor.clock import Clock
from stentor.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from stentor.log.records import Records
from stentor.space.names import new_id, new_token, token_key

_HANDLE_LENGTH = 20
_TAKE, _MAKE = "take", "make"


class PasskeyWay:
    """Every call may raise LogAway.

    Args:
        account_of: the account as it is now; None: it may not come in.
        let_in: begins a session.
    """

    def __init__(
        self,
        *,
        keyrings: Records[Keyring],
        sessions: SessionStore,
        begun: OnceStore,
        origins: Origins,
        clock: Clock,
        account_of: Callable[[str], Awaitable[Account | None]],
        let_in: Callable[[Account, Way], Awaitable[SignedIn]],
    ) -> None:
        self._keyrings = keyrings
        self._sessions = sessions
        self._begun = begun
        self._origins = origins
        self._clock = clock
        self._account_of = account_of
        self._let_in = let_in
        self._by_account = Pace("Tries to sign in to this account", burst=5, every_s=30.0)

    async def keyring(self, account_id: str) -> Keyring:
        return await self._keyrings.find(account_id) or Keyring(account_id, "")

    async def begin_making(self, who: Present) -> dict[str, Any]:
        """What the browser is asked for a new passkey. Raises: NotAllowed: sign in again first. Conflict."""
        self._must_be_fresh(who)
        fresh = Keyring(who.account.id, new_id(_HANDLE_LENGTH))
        keyring = await self._keyrings.change(who.account.id, lambda kept: kept, first=fresh)
        challenge = await self._challenge(_MAKE, {"session": token_key(who.token)})
        return creation_options(
            self._origins, keyring, account_name=who.account.name, challenge=challenge.encode()
        )

    async def finish_making(self, who: Present, answer: dict[str, Any], *, name: str) -> Keyring:
        """Raises: BadInput: the answer does not hold. NotAllowed. Full. Conflict: it is known."""
        self._must_be_fresh(who)
        challenge = await self._take_challenge(_MAKE, answer, session=token_key(who.token))
        passkey = verified_new(
            answer, self._origins, challenge=challenge, name=name, wall_ms=self._clock.wall_ms()
        )
        return await self._keyrings.change(who.account.id, lambda keyring: keyring.added(passkey))

    async def remove(self, who: Present, passkey_id: str) -> Keyring:
        """The account's other sessions end: somebody may hold the authenticator.

        Raises: NotFound. NotAllowed: sign in again first.
        """
        self._must_be_fresh(who)
        keyring = await self._keyrings.change(who.account.id, lambda keyring: keyring.removed(passkey_id))
        await self._sessions.end_all(who.account.id, but=who.token)
        return keyring

    async def forget(self, account_id: str) -> None:
        """The account's passkeys open nothing any more."""
        await self._keyrings.delete(account_id)

    async def begin(self) -> dict[str, Any]:
        """What the browser is asked to sign in. Raises: Conflict: passkeys cannot be here."""
        return request_options(self._origins, challenge=(await self._challenge(_TAKE, {})).encode())

    async def finish(self, answer: dict[str, Any]) -> SignedIn:
        """Raises: BadInput. NotSignedIn: whatever does not hold. TooMany: for this account."""
        challenge = await self._take_challenge(_TAKE, answer)
        claimed = claimed_by(answer)
        keyring = await self._claimed_keyring(claimed.user_handle)
        account = None if keyring is None else await self._account_of(keyring.account_id)
        if keyring is None or account is None or keyring.user_handle.decode() != claimed.user_handle:
            raise NotSignedIn("This passkey is not known here. Ask the owner for a link.")
        # Only who knows the handle, which lies in an authenticator, can use up the account's tries.
        self._by_account.check(account.id, now_s=self._clock.monotonic_s())
        try:
            passkey = keyring.find(claimed.credential_id)
            if passkey is None:
                raise NotSignedIn("This passkey was removed. Ask the owner for a link.")
            await self._use(keyring, passkey, answer, challenge)
        except NotSignedIn:
            self._by_account.take(account.id, now_s=self._clock.monotonic_s())
            raise
        return await self._let_in(account, Way.PASSKEY)

    async def _claimed_keyring(self, user_handle: str) -> Keyring | None:
        """What a stranger writes here becomes a key of the store only if it looks like one."""
        account_id = user_handle.partition(".")[0]
        is_an_id = account_id.isascii() and account_id.isalnum()
        return await self._keyrings.find(account_id) if is_an_id else None

    async def _use(
        self, keyring: Keyring, passkey: Passkey, answer: dict[str, Any], challenge: bytes
    ) -> None:
        count = verified_use(answer, self._origins, challenge=challenge, passkey=passkey)
        now_ms = self._clock.wall_ms()
        try:
            await self._keyrings.change(
                keyring.account_id, lambda kept: kept.used(passkey.id, sign_count=count, wall_ms=now_ms)
            )
        except (NotFound, Conflict) as error:
            raise NotSignedIn(error.detail) from None

    async def _challenge(self, kind: str, facts: dict[str, Any]) -> str:
        challenge = new_token()
        until_ms = self._clock.wall_ms() + CHALLENGE_TIMEOUT_MS
        await self._begun.put(kind, challenge, facts, until_ms=until_ms)
        return challenge

    async def _take_challenge(
        self, kind: str, answer: dict[str, Any], *, session: str | None = None
    ) -> bytes:
        """The answer's challenge, if it is ours, of this kind and session, and was never used."""
        challenge = claimed_by(answer).challenge
        found = await self._begun.take(
            challenge.decode("ascii", "replace"), slot=kind, wall_ms=self._clock.wall_ms()
        )
        if found is None or found[1].get("session") != session:
            raise NotSignedIn("This took too long, or was tried twice. Begin again.")
        return challenge

    def _must_be_fresh(self, who: Present) -> None:
        if not who.session.is_fresh(self._clock.wall_ms()):
            raise NotAllowed("You signed in a while ago. Sign in again, then change how you sign in.")
