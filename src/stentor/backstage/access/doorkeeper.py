"""The doorkeeper: the accounts of this house, their ways in, and who is there by which session.

Comes in: one-time links, session tokens; the other ways are `passkey_way.py` and `provider_way.py`. Goes out:
an account, a new session. Never: HTTP; an account with a rank that it had yesterday.
"""

from collections.abc import Callable
from dataclasses import replace

from stentor.backstage.access.accounts import Account, Roll
from stentor.backstage.access.keyring import Keyring
from stentor.backstage.access.oidc import Provider
from stentor.backstage.access.oidc_allowed import Allowed
from stentor.backstage.access.once import OnceStore
from stentor.backstage.access.origins import Origins
from stentor.backstage.access.pace import Pace
from stentor.backstage.access.passkey_way import PasskeyWay
from stentor.backstage.access.present import Present, SignedIn
from stentor.backstage.access.provider_way import ProviderWay
from stentor.backstage.access.rights import Rank
from stentor.backstage.access.sessions import SessionStore, Way
from stentor.clock import Clock
from stentor.errors import Conflict, NotFound, NotSignedIn
from stentor.log.records import Records
from stentor.space.names import new_id, new_token

OWNER_LINK_MS = 3_600_000
ACCOUNT_LINK_MS = 3 * 24 * 3_600_000
ROLL_KEY = "roll"
_ACCOUNT_ID_LENGTH = 12


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
        self._roll = roll
        self._sessions = sessions
        self._links = links
        self._clock = clock
        self._by_network = Pace("Tries to sign in from your network", burst=20, every_s=3.0)
        self.passkeys = PasskeyWay(
            keyrings=keyrings,
            sessions=sessions,
            begun=begun,
            origins=origins,
            clock=clock,
            account_of=self._account_of,
            let_in=self._let_in,
        )
        self._provider: ProviderWay | None = None
        if provider is not None:
            self._provider = ProviderWay(
                provider,
                allowed,
                begun=begun,
                clock=clock,
                change_roll=self.change_roll,
                let_in=self._let_in,
            )

    @property
    def provider_name(self) -> str | None:
        return None if self._provider is None else self._provider.provider.name

    @property
    def provider(self) -> ProviderWay:
        """Raises: NotFound: the house has none."""
        if self._provider is None:
            raise NotFound("This house has no OpenID provider (setting oidc_issuer).")
        return self._provider

    # ── who is it ──────────────────────────────────────────────────────────────────────────────────────

    async def present(self, token: str) -> Present:
        """Raises: NotSignedIn: the session is over, or its account may no longer come in."""
        session = await self._sessions.find(token, wall_ms=self._clock.wall_ms())
        account = None if session is None else await self._account_of(session.account_id)
        if session is None or account is None:
            raise NotSignedIn
        return Present(account, session, token)

    def _now(self, account: Account | None) -> Account | None:
        """The account with the rank that it has now: for the provider's people the settings say it."""
        if account is None or account.identity is None:
            return account
        rank = None if self._provider is None else self._provider.rank_of(account.identity)
        return None if rank is None else replace(account, rank=rank)

    async def _account_of(self, account_id: str) -> Account | None:
        return self._now((await self.roll()).find(account_id))

    def knock(self, network: str) -> None:
        """Counts a try to sign in. Raises: TooMany."""
        self._by_network.take(network, now_s=self._clock.monotonic_s())

    # ── the roll ───────────────────────────────────────────────────────────────────────────────────────

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
        await self.passkeys.forget(account_id)

    # ── one-time links ─────────────────────────────────────────────────────────────────────────────────

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

    # ── sessions ───────────────────────────────────────────────────────────────────────────────────────

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
