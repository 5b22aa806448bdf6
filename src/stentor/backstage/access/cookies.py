"""Sessions in requests and answers: cookies in and out, who is present.

Comes in: a request. Goes out: who it is, by their session; an answer's cookie. Never: a cookie that a script
can read, that another site's page makes a browser send, or that is sent without TLS where there is TLS.
"""

from typing import Annotated

from fastapi import Depends, Request, Response

from stentor.backstage.access.csrf import SAFE_METHODS, must_be_meant, must_be_own_page
from stentor.backstage.access.present import Present
from stentor.backstage.access.provider_way import PROVIDER_MS
from stentor.backstage.access.sessions import AGE_MS_MAX
from stentor.backstage.door import Door, DoorHere
from stentor.errors import NotSignedIn

_TOKEN_LENGTH_MAX = 128
_SESSION, _BINDING = "stentor", "stentor-provider"


def session_token_of(request: Request, door: Door) -> str | None:
    """The session's token that this request brings; None: none, or nothing that could be one."""
    return _cookie_of(request, door, _SESSION)


def keep_session(response: Response, door: Door, token: str) -> None:
    # Strict: the pages are the same for everybody and ask by fetch, which is always same-site. So a link from
    # elsewhere still opens a page that knows its person.
    _keep(response, door, _SESSION, token, lasts_s=AGE_MS_MAX // 1000, same_site="Strict")


def forget_session(response: Response, door: Door) -> None:
    _keep(response, door, _SESSION, "", lasts_s=0, same_site="Strict")


def binding_of(request: Request, door: Door) -> str:
    """The word that ties a provider's answer to the browser where the sign-in began; empty: none."""
    return _cookie_of(request, door, _BINDING) or ""


def keep_binding(response: Response, door: Door, binding: str) -> None:
    # Lax: the provider sends the browser back from its own site.
    _keep(response, door, _BINDING, binding, lasts_s=PROVIDER_MS // 1000, same_site="Lax")


def forget_binding(response: Response, door: Door) -> None:
    _keep(response, door, _BINDING, "", lasts_s=0, same_site="Lax")


def knock(request: Request, door: Door) -> None:
    """Before every way in. Raises: NotAllowed: not from our own page. TooMany: from this network."""
    must_be_own_page(request.headers, door.keeper.origins)
    door.keeper.knock(door.network_of(request))


async def present(request: Request, door: DoorHere) -> Present:
    """Raises: NotSignedIn. NotAllowed: a change that does not come from our own page."""
    token = session_token_of(request, door)
    if token is None:
        raise NotSignedIn("Sign in first.")
    who = await door.keeper.present(token)
    if request.method not in SAFE_METHODS:
        must_be_meant(request.headers, door.keeper.origins, session_token=token)
    return who


PresentHere = Annotated[Present, Depends(present)]


def _cookie_of(request: Request, door: Door, name: str) -> str | None:
    value = request.cookies.get(_full(door, name), "")
    return value if 1 <= len(value) <= _TOKEN_LENGTH_MAX and value.isascii() else None


def _keep(response: Response, door: Door, name: str, value: str, *, lasts_s: int, same_site: str) -> None:
    secure = "; Secure" if door.keeper.origins.is_secure else ""
    cookie = f"{_full(door, name)}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; SameSite={same_site}{secure}"
    response.headers.append("Set-Cookie", cookie)


def _full(door: Door, name: str) -> str:
    """`__Host-`: no other name of the domain can set or read it. Browsers take that word with TLS only."""
    return f"__Host-{name}" if door.keeper.origins.is_secure else name
