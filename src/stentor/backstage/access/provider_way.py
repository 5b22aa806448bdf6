"""The way in by the OpenID provider: to it and back, for those whom the settings name.

Comes in: a wish to sign in, the provider's answer. Goes out: where to go, a new session. Never: an answer
that is taken twice, or in another browser than the one in which it began.
"""

from collections.abc import Awaitable, Callable

from stentor.backstage.access.accounts import Account, Identity, Roll
from stentor.backstage.access.oidc import Provider
from stentor.backstage.access.oidc_allowed import Allowed
from stentor.backstage.access.once import OnceStore
from stentor.backstage.access.present import SignedIn
from stentor.backstage.access.rights import Rank
from stentor.backstage.access.sessions import Way
from stentor.clock import Clock
from stentor.errors import NotAllowed, NotSignedIn
from stentor.space.names import new_token, token_key

PROVIDER_MS = 10 * 60_000
"""People have so long at the provider: a password, a second factor, a telephone that must be found."""
_SLOT = "provider"


class ProviderWay:
    """Every call may raise LogAway.

    Args:
        change_roll: applies a pure move to the roll of accounts.
        let_in: begins a session.
    """

    def __init__(
        self,
        provider: Provider,
        allowed: Allowed,
        *,
        begun: OnceStore,
        clock: Clock,
        change_roll: Callable[[Callable[[Roll], Roll]], Awaitable[Roll]],
        let_in: Callable[[Account, Way], Awaitable[SignedIn]],
    ) -> None:
        self.provider = provider
        self._allowed = allowed
        self._begun = begun
        self._clock = clock
        self._change_roll = change_roll
        self._let_in = let_in

    def rank_of(self, identity: Identity) -> Rank | None:
        """What the settings let somebody be, now. None: nothing, or another provider's."""
        return self._allowed.rank_of(identity) if identity.issuer == self.provider.issuer else None

    async def begin(self) -> tuple[str, str]:
        """Where the browser goes, and the word that it must bring back. Raises: NotYet."""
        begun = await self.provider.begin()
        binding = new_token()
        facts = {"nonce": begun.nonce, "verifier": begun.verifier, "binding": token_key(binding)}
        until_ms = self._clock.wall_ms() + PROVIDER_MS
        await self._begun.put(_SLOT, begun.state, facts, until_ms=until_ms)
        return begun.url, binding

    async def finish(self, *, code: str, state: str, binding: str, issuer: str | None) -> SignedIn:
        """Raises: NotSignedIn: begun elsewhere, twice, too late, forged. NotAllowed: not listed. NotYet."""
        found = await self._begun.take(state, slot=_SLOT, wall_ms=self._clock.wall_ms())
        if found is None or found[1]["binding"] != token_key(binding):
            raise NotSignedIn(
                "This took too long, was tried twice, or began in another browser. Begin again."
            )
        identity = await self.provider.finish(
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
        roll = await self._change_roll(lambda roll: roll.met(account))
        return roll.get(account_id)
