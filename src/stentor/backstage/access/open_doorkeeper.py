"""Makes the doorkeeper: its buckets, its provider, what the settings say.

Comes in: a bus, the settings. Goes out: a Doorkeeper. Never: a client secret that others of this machine may
read.
"""

from stentor.backstage.access.accounts import Roll
from stentor.backstage.access.doorkeeper import ACCOUNT_LINK_MS, Doorkeeper
from stentor.backstage.access.keyring import Keyring
from stentor.backstage.access.oidc import Provider
from stentor.backstage.access.oidc_allowed import Allowed
from stentor.backstage.access.once import OnceStore
from stentor.backstage.access.origins import Origins
from stentor.backstage.access.provider_way import PROVIDER_MS
from stentor.backstage.access.sessions import SessionStore
from stentor.clock import Clock
from stentor.config import Settings
from stentor.errors import BadInput, CannotStart, NotFound
from stentor.log.bus import Bus
from stentor.log.records import Records

CALLBACK = "/api/access/oidc/callback"


async def open_doorkeeper(bus: Bus, settings: Settings, *, clock: Clock) -> Doorkeeper:
    """Raises: LogAway. CannotStart: the provider's settings cannot be used."""
    origins = Origins.of(settings.stage_door_url)
    accounts = await bus.bucket("accounts")
    return Doorkeeper(
        roll=Records(bus, accounts, Roll, missing=NotFound),
        keyrings=Records(bus, await bus.bucket("passkeys"), Keyring, missing=NotFound),
        sessions=await SessionStore.open(bus),
        links=await OnceStore.open(bus, "links", ttl_s=ACCOUNT_LINK_MS / 1000),
        begun=await OnceStore.open(bus, "begun", ttl_s=PROVIDER_MS / 1000),
        origins=origins,
        provider=_provider(settings, origins, clock),
        allowed=_allowed(settings),
        clock=clock,
    )


def _provider(settings: Settings, origins: Origins, clock: Clock) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise CannotStart(
            "The OpenID provider", because="oidc_client_id is empty", next_step="set it as the provider says"
        )
    return Provider(
        settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=_secret(settings),
        redirect_uri=origins.best + CALLBACK,
        clock=clock,
    )


def _secret(settings: Settings) -> str:
    """From a file, not from the environment: every role of the house inherits that, the edges too."""
    path = settings.oidc_client_secret_file
    if path is None:
        return ""
    try:
        is_open_to_others = path.stat().st_mode & 0o077
        secret = path.read_text().strip()
    except OSError as error:
        raise CannotStart(
            f"The OpenID client secret {path}",
            because=error.strerror or "it cannot be read",
            next_step="make it readable for this user, or unset oidc_client_secret_file",
        ) from None
    if is_open_to_others:
        raise CannotStart(
            f"The OpenID client secret {path}",
            because="others may read it",
            next_step=f"chmod 600 {path}",
        )
    return secret


def _allowed(settings: Settings) -> Allowed:
    try:
        return Allowed.parsed(settings.oidc_allowed)
    except BadInput as error:
        raise CannotStart(
            "The setting oidc_allowed", because=error.detail, next_step="mend the line"
        ) from None
