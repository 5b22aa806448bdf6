"""The doorkeeper: lets people in by link, passkey or provider, and knows them again by their session.

Comes in: links, authenticators' answers, providers' answers, session tokens. Goes out: an account, a new
session. Never: HTTP; a way in that was not paced; a word about which half of a sign-in was wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stentor.backstage.access.accounts import Account, Identity, Roll
from stentor.backstage.access.keyring import Keyring, Passkey
from stentor.backstage.access.oidc import Provider
from stentor.backstage.access.oidc_allowed import Allowed
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
from stentor.backstage.access.rights import Rank
from stentor.backstage.access.sessions import Session, SessionStore, Way
from stentor.clock import Clock
from stentor.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from stentor.log.records import Records
from stentor.space.names import new_id, new_token, token_key

OWNER_LINK_MS = 3_600_000
ACCOUNT_LINK_MS = 3 * 24 * 3_600_000
PROVIDER_MS = 10 * 60_000
"""People have so long at the provider: a password, a second factor, a telephone that must be found."""
ROLL_KEY = "roll"
_ACCOUNT_ID_LENGTH = 12
_HANDLE_LENGTH = 20
_TAKE, _MAKE, _PROVIDER = "take", "make", "provider"


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


class Doorkeeper:
    """Made in `open_doorkeeper.py`. Every call may raise LogAway."""

    def __init__(
        self,
        *,
        roll: Records[Roll],
        keyrings: Records[Keyring],
        sessions: SessionStore,
        links: OnceStore,
        begun: OnceStore,
        origins: Origins,
        provider: Provider | None,
        allowed: Allowed,
        clock: Clock,
    ) -> None:
        self.origins = origins
        self.provider = provider
        self._roll = roll
        self._keyrings = keyrings
        self._sessions = sessions
        self._links = links
        self._begun = begun
        self._allowed = allowed
        self._clock = clock
        self._by_network = Pace("Tries to sign in from your network", burst=20, every_s=3.0)
        self._by_account = Pace("Tries to sign in to this account", burst=5, every_s=30.0)

    # ── who is it ────────────────────────────────────────────────────────────────────────────────────

    async def present(self, token: str) -> Present:
        """Raises: NotSignedIn: the session is over, or its account may no longer come in."""
        session = await self._sessions.find(token, wall_ms=self._clock.wall_ms())
        account = None if session is None else self._now((await self.roll()).find(session.account_id))
        if session is None or account is None:
            raise NotSignedIn
        return Present(account, session, token)

    def _now(self, account: Account | None) -> Account | None:
        """The account with the rank that it has now: for the provider's people the settings say it."""
        if account is None or account.identity is None:
            return account
        is_asked = self.provider is not None and account.identity.issuer == self.provider.issuer
        rank = self._allowed.rank_of(account.identity) if is_asked else None
        return None if rank is None else replace(account, rank=rank)

    def knock(self, network: str) -> None:
        """Counts a try to sign in. Raises: TooMany."""
        self._by_network.take(network, now_s=self._clock.monotonic_s())

    # ── the roll ─────────────────────────────────────────────────────────────────────────────────────

    async def roll(self) -> Roll:
        return await self._roll.find(ROLL_KEY) or Roll()

    async def change_roll(self, move: Callable[[Roll], Roll]) -> Roll:
        """Raises: whatever `move` raises."""
        return await self._roll.change(ROLL_KEY, move, first=Roll())

    async def new_account(self, name: str, rank: Rank) -> Account:
        """Raises: Full."""
        account = Account(new_id(_ACCOUNT_ID_LENGTH), name, rank, created_ms=self._clock.wall_ms())
        await self.change_roll(lambda roll: roll.added(account))
        return account

    async def remove_account(self, account_id: str) -> None:
        """The account, its sessions, links and passkeys end. Raises: NotFound. Conflict: the last owner."""
        await self.change_roll(lambda roll: roll.removed(account_id))
        await self._sessions.end_all(account_id)
        await self._links.clear(account_id)
        await self._keyrings.delete(account_id)

    # ── one-time links ───────────────────────────────────────────────────────────────────────────────

    async def owner_link(self, *, only_first: bool = False) -> tuple[Account, str, int]:
        """A link that makes its user the house's owner: the account, the link, until when.

        Args: only_first: nothing is made once an owner has come in.
        Raises: Conflict: that is so.
        """
        owner = (await self.roll()).first_owner
        if only_first and owner is not None and owner.seen_ms is not None:
            raise Conflict("This house has an owner.")
        if owner is None:
            owner = await self.new_account("Owner", Rank.OWNER)
        link, until_ms = await self._link(owner, OWNER_LINK_MS)
        return owner, link, until_ms

    async def account_link(self, account_id: str) -> tuple[str, int]:
        """A link for somebody who is on the roll; the one before ends. Raises: NotFound. Conflict."""
        account = (await self.roll()).get(account_id)
        if account.identity is not None:
            raise Conflict(f"{account.name} comes by the OpenID provider.")
        return await self._link(account, ACCOUNT_LINK_MS)

    async def use_link(self, token: str) -> SignedIn:
        """Raises: NotSignedIn: unknown, used, over, or its account has gone."""
        found = await self._links.take(token, wall_ms=self._clock.wall_ms())
        account = None if found is None else (await self.roll()).find(found[0])
        if account is None:
            raise NotSignedIn("This link was used already, or its time is over. Ask for a new one.")
        return await self._let_in(account, Way.LINK)

    async def _link(self, account: Account, lasts_ms: int) -> tuple[str, int]:
        token, until_ms = new_token(), self._clock.wall_ms() + lasts_ms
        await self._links.clear(account.id)
        await self._links.put(account.id, token, {}, until_ms=until_ms)
        return f"{self.origins.best}/own/{token}", until_ms

    # ── passkeys ─────────────────────────────────────────────────────────────────────────────────────

    async def keyring(self, account_id: str) -> Keyring:
        return await self._keyrings.find(account_id) or Keyring(account_id, "")

    async def begin_making(self, who: Present) -> dict[str, Any]:
        """What the browser is asked for a new passkey. Raises: NotAllowed: sign in again first. Conflict."""
        self._must_be_fresh(who)
        fresh = Keyring(who.account.id, new_id(_HANDLE_LENGTH))
        keyring = await self._keyrings.change(who.account.id, lambda kept: kept, first=fresh)
        challenge = await self._challenge(_MAKE, {"session": token_key(who.token)})
        return creation_options(
            self.origins, keyring, account_name=who.account.name, challenge=challenge.encode()
        )

    async def finish_making(self, who: Present, answer: dict[str, Any], *, name: str) -> Keyring:
        """Raises: BadInput: the answer does not hold. NotAllowed. Full. Conflict: it is known."""
        self._must_be_fresh(who)
        challenge = await self._take_challenge(_MAKE, answer, session=token_key(who.token))
        passkey = verified_new(
            answer, self.origins, challenge=challenge, name=name, wall_ms=self._clock.wall_ms()
        )
        return await self._keyrings.change(who.account.id, lambda keyring: keyring.added(passkey))

    async def remove_passkey(self, who: Present, passkey_id: str) -> Keyring:
        """The account's other sessions end: somebody may hold the authenticator.

        Raises: NotFound. NotAllowed: sign in again first.
        """
        self._must_be_fresh(who)
        keyring = await self._keyrings.change(who.account.id, lambda keyring: keyring.removed(passkey_id))
        await self._sessions.end_all(who.account.id, but=who.token)
        return keyring

    async def begin_passkey(self) -> dict[str, Any]:
        """What the browser is asked to sign in. Raises: Conflict: passkeys cannot be here."""
        return request_options(self.origins, challenge=(await self._challenge(_TAKE, {})).encode())

    async def finish_passkey(self, answer: dict[str, Any]) -> SignedIn:
        """Raises: BadInput. NotSignedIn: whatever does not hold. TooMany: for this account."""
        challenge = await self._take_challenge(_TAKE, answer)
        claimed = claimed_by(answer)
        keyring = await self._keyrings.find(claimed.user_handle.partition(".")[0] or "-")
        account = None if keyring is None else self._now((await self.roll()).find(keyring.account_id))
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

    async def _use(
        self, keyring: Keyring, passkey: Passkey, answer: dict[str, Any], challenge: bytes
    ) -> None:
        count = verified_use(answer, self.origins, challenge=challenge, passkey=passkey)
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

    # ── the provider ─────────────────────────────────────────────────────────────────────────────────

    async def begin_provider(self) -> tuple[str, str]:
        """Where the browser goes, and the word that it must bring back. Raises: NotFound. NotYet."""
        begun = await self._asked().begin()
        binding = new_token()
        facts = {"nonce": begun.nonce, "verifier": begun.verifier, "binding": token_key(binding)}
        until_ms = self._clock.wall_ms() + PROVIDER_MS
        await self._begun.put(_PROVIDER, begun.state, facts, until_ms=until_ms)
        return begun.url, binding

    async def finish_provider(self, *, code: str, state: str, binding: str, issuer: str | None) -> SignedIn:
        """Raises: NotSignedIn: begun elsewhere, twice, too late, forged. NotAllowed: not listed. NotYet."""
        provider = self._asked()
        found = await self._begun.take(state, slot=_PROVIDER, wall_ms=self._clock.wall_ms())
        if found is None or found[1]["binding"] != token_key(binding):
            raise NotSignedIn(
                "This took too long, was tried twice, or began in another browser. Begin again."
            )
        identity = await provider.finish(
            code, nonce=found[1]["nonce"], verifier=found[1]["verifier"], issuer=issuer
        )
        rank = self._allowed.rank_of(identity)
        if rank is None:
            raise NotAllowed("The provider knows you, this house does not. Ask its owner (oidc_allowed).")
        return await self._let_in(await self._account_for(identity, rank), Way.OIDC)

    async def _account_for(self, identity: Identity, rank: Rank) -> Account:
        """Their account, made at the first time. Its id follows from who they are."""
        account_id = f"o{token_key(f'{identity.issuer} {identity.subject}')[:20]}"
        account = Account(
            account_id,
            identity.email or identity.subject[:40],
            rank,
            created_ms=self._clock.wall_ms(),
            identity=identity,
        )
        roll = await self.change_roll(lambda roll: roll.met(account))
        return roll.get(account_id)

    def _asked(self) -> Provider:
        if self.provider is None:
            raise NotFound("This house has no OpenID provider (setting oidc_issuer).")
        return self.provider

    # ── sessions ─────────────────────────────────────────────────────────────────────────────────────

    async def sign_out(self, who: Present, *, everywhere: bool = False) -> None:
        if everywhere:
            await self._sessions.end_all(who.account.id)
        else:
            await self._sessions.end(who.token)

    async def end_session(self, token: str) -> None:
        """Whoever signs in leaves the session behind that their browser had."""
        await self._sessions.end(token)

    async def _let_in(self, account: Account, way: Way) -> SignedIn:
        now_ms = self._clock.wall_ms()
        roll = await self.change_roll(lambda roll: roll.seen(account.id, wall_ms=now_ms))
        token = await self._sessions.begin(account.id, way, wall_ms=now_ms)
        return SignedIn(self._now(roll.get(account.id)) or account, token)
