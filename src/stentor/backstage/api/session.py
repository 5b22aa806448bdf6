"""Signing in and out: one-time links, passkeys, the OpenID provider; the session that comes of it.

Every way in asks first whether the request comes from our own page and how often its network has tried.
"""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from stentor.backstage.access.cookies import (
    PresentHere,
    binding_of,
    forget_binding,
    forget_session,
    keep_binding,
    keep_session,
    knock,
    session_token_of,
)
from stentor.backstage.access.csrf import csrf_token
from stentor.backstage.access.present import Present, SignedIn
from stentor.backstage.api.access_models import (
    OnceWanted,
    PasskeyAnswer,
    PasskeyOptions,
    PasskeysTold,
    PasskeyWanted,
    ProviderBegun,
    SessionTold,
    Ways,
    Who,
)
from stentor.backstage.door import Door, DoorHere
from stentor.errors import NotAllowed, NotFound, NotSignedIn, NotYet, TooMany

log = structlog.get_logger()

_PARAMETER_LENGTH_MAX = 2_048

routes = APIRouter(tags=["session"])


@routes.get("/api/session")
async def read_session(request: Request, response: Response, door: DoorHere) -> SessionTold:
    """Who am I, and how could I sign in? Never refused."""
    token = session_token_of(request, door)
    try:
        who = None if token is None else await door.keeper.present(token)
    except NotSignedIn:
        forget_session(response, door)
        who = None
    return _told(door, who)


@routes.delete("/api/session", status_code=204)
async def sign_out(response: Response, who: PresentHere, door: DoorHere, everywhere: bool = False) -> None:
    """Ends this session, or with `everywhere` all sessions of the account."""
    await door.keeper.sign_out(who, everywhere=everywhere)
    forget_session(response, door)


@routes.post("/api/access/once")
async def use_link(wanted: OnceWanted, request: Request, response: Response, door: DoorHere) -> SessionTold:
    """Uses a one-time link up: the owner's, or that of a new account. 401: used, over or unknown."""
    knock(request, door)
    return await _entered(request, response, door, await door.keeper.use_link(wanted.token))


# ── passkeys ──────────────────────────────────────────────────────────────────────────────────────────


@routes.post("/api/access/passkey/begin")
async def begin_passkey(request: Request, door: DoorHere) -> PasskeyOptions:
    """The question for `navigator.credentials.get`. 409: this door has no name, so no passkeys."""
    knock(request, door)
    return PasskeyOptions(options=await door.keeper.passkeys.begin())


@routes.post("/api/access/passkey")
async def use_passkey(
    wanted: PasskeyAnswer, request: Request, response: Response, door: DoorHere
) -> SessionTold:
    """Signs in with an authenticator's answer. 401: it does not hold, was used before, or came too late."""
    knock(request, door)
    return await _entered(request, response, door, await door.keeper.passkeys.finish(wanted.answer))


@routes.get("/api/session/passkeys")
async def list_passkeys(who: PresentHere, door: DoorHere) -> PasskeysTold:
    """The account's passkeys."""
    return PasskeysTold.of(await door.keeper.passkeys.keyring(who.account.id))


@routes.post("/api/session/passkeys/begin")
async def begin_making_passkey(who: PresentHere, door: DoorHere) -> PasskeyOptions:
    """The question for `navigator.credentials.create`. 403: sign in again first."""
    return PasskeyOptions(options=await door.keeper.passkeys.begin_making(who))


@routes.post("/api/session/passkeys", status_code=201)
async def make_passkey(wanted: PasskeyWanted, who: PresentHere, door: DoorHere) -> PasskeysTold:
    """Keeps a new passkey for this account. 400: the authenticator's answer does not hold."""
    keyring = await door.keeper.passkeys.finish_making(who, wanted.answer, name=wanted.name)
    log.info("a passkey was made", account=who.account.id)
    return PasskeysTold.of(keyring)


@routes.delete("/api/session/passkeys/{passkey_id}")
async def remove_passkey(passkey_id: str, who: PresentHere, door: DoorHere) -> PasskeysTold:
    """The passkey opens nothing any more, and the account's other sessions end."""
    keyring = await door.keeper.passkeys.remove(who, passkey_id)
    log.info("a passkey was removed", account=who.account.id)
    return PasskeysTold.of(keyring)


# ── the provider ──────────────────────────────────────────────────────────────────────────────────────


@routes.post("/api/access/oidc")
async def begin_provider(request: Request, response: Response, door: DoorHere) -> ProviderBegun:
    """Begins a sign-in at the OpenID provider. 404: there is none. 503: it does not answer."""
    knock(request, door)
    url, binding = await door.keeper.provider.begin()
    keep_binding(response, door, binding)
    return ProviderBegun(url=url)


Parameter = Annotated[str, Query(max_length=_PARAMETER_LENGTH_MAX)]


@routes.get("/api/access/oidc/callback", response_class=RedirectResponse, status_code=303)
async def end_provider(
    request: Request,
    door: DoorHere,
    state: Parameter = "",
    code: Parameter = "",
    iss: Parameter | None = None,
) -> RedirectResponse:
    """Where the provider sends the browser back to: on to the house, or to the sign-in page with a word why.

    The words: `unknown` (not on this house's list), `again` (too late, twice, elsewhere, refused), `away`
    (the provider does not answer), `often`.
    """
    try:
        door.keeper.knock(door.network_of(request))
        signed_in = await door.keeper.provider.finish(
            code=code, state=state, binding=binding_of(request, door), issuer=iss
        )
    except (NotAllowed, NotFound, NotYet, TooMany) as error:
        log.info("a sign-in by the provider was refused", error=type(error).__name__, detail=error.detail)
        answer = RedirectResponse(f"/sign-in?refused={_word_of(error)}", 303)
    else:
        answer = RedirectResponse("/", 303)
        await _enter(request, answer, door, signed_in)
    forget_binding(answer, door)
    return answer


def _word_of(error: Exception) -> str:
    if isinstance(error, TooMany):
        return "often"
    if isinstance(error, NotYet):
        return "away"
    return "again" if isinstance(error, NotSignedIn | NotFound) else "unknown"


# ── what all ways end with ────────────────────────────────────────────────────────────────────────────


async def _entered(request: Request, response: Response, door: Door, signed_in: SignedIn) -> SessionTold:
    await _enter(request, response, door, signed_in)
    return _told(door, await door.keeper.present(signed_in.token))


async def _enter(request: Request, response: Response, door: Door, signed_in: SignedIn) -> None:
    """Always a new session: a token that the browser had before is worth nothing from now on."""
    before = session_token_of(request, door)
    if before is not None:
        await door.keeper.end_session(before)
    keep_session(response, door, signed_in.token)
    log.info("somebody signed in", account=signed_in.account.id, rank=signed_in.account.rank.value)


def _told(door: Door, who: Present | None) -> SessionTold:
    ways = Ways(passkey=door.keeper.origins.rp_id is not None, provider=door.keeper.provider_name)
    if who is None:
        return SessionTold(account=None, csrf=None, is_fresh=False, ways=ways)
    return SessionTold(
        account=Who(id=who.account.id, name=who.account.name, rank=who.account.rank),
        csrf=csrf_token(who.token),
        is_fresh=who.session.is_fresh(door.clock.wall_ms()),
        ways=ways,
    )
