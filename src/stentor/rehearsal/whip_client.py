"""WHIP from outside: an offer goes to the stage door, an answer comes back. The one file that posts offers.

Comes in: an SDP offer and an invitation. Goes out: the answer and the URL that ends the session.
Never: a retry; whoever calls knows how long it is worth while.

Source: RFC 9725.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from yarl import URL

from stentor.errors import NotAllowed, NotYet
from stentor.limits import SDP_SIZE_BYTES_MAX, STAGE_ANSWER_TIMEOUT_S

_SDP = "application/sdp"
_DOOR_TIMEOUT_S = STAGE_ANSWER_TIMEOUT_S + 2.0
"""The door waits for the stage and then says so; giving up before it does would hide the reason."""
_LEAVE_TIMEOUT_S = 1.0
_RETRY_AFTER_S = 1.0


class DoorAway(NotYet):
    """The door cannot be reached, or has said that the stage is away."""

    title = "The stage door does not answer"


class WhipRefused(NotAllowed):
    """The door's final no."""

    title = "The stage door refused"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"The stage door answered {status}: {detail[:200]}")
        self.refused_status = status


@dataclass(frozen=True, slots=True)
class WhipSession:
    """A place on stage.

    Args:
        url: `DELETE` here leaves.
        answer: the stage's SDP.
    """

    url: URL
    answer: str


async def join(http: aiohttp.ClientSession, endpoint: str, *, token: str, offer: str) -> WhipSession:
    """Posts an offer.

    Raises:
        DoorAway: not now; `retry_after_s` says when to ask again.
        WhipRefused: never with this invitation or this offer.
    Bounds: one request, 6 s, an answer of at most 32 KiB.
    """
    try:
        async with http.post(
            endpoint,
            data=offer.encode(),
            headers={**_bearer(token), "Content-Type": _SDP, "Accept": _SDP},
            timeout=aiohttp.ClientTimeout(total=_DOOR_TIMEOUT_S),
        ) as response:
            body = await _read(response)
            if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise DoorAway(_why(body), retry_after_s=_retry_after_s(response))
            if response.status != HTTPStatus.CREATED:
                raise WhipRefused(response.status, _why(body))
            location = response.headers.get("Location")
            if response.content_type != _SDP or location is None:
                raise WhipRefused(response.status, "the answer has no SDP or no Location")
            return WhipSession(response.url.join(URL(location)), body.decode(errors="replace"))
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DoorAway(f"{type(error).__name__} at {endpoint}", retry_after_s=_RETRY_AFTER_S) from None


async def leave(http: aiohttp.ClientSession, session: WhipSession, *, token: str) -> bool:
    """Ends a session. Returns: whether the door has confirmed it; the stage notices otherwise by itself."""
    try:
        async with http.delete(
            session.url, headers=_bearer(token), timeout=aiohttp.ClientTimeout(total=_LEAVE_TIMEOUT_S)
        ) as response:
            return response.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > SDP_SIZE_BYTES_MAX:
            raise WhipRefused(response.status, f"the answer is longer than {SDP_SIZE_BYTES_MAX} bytes")
    return bytes(body)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _why(body: bytes) -> str:
    """The detail of a problem document (RFC 9457), else the beginning of whatever came."""
    try:
        return str(json.loads(body)["detail"])[:400]
    except (ValueError, KeyError, TypeError):
        return body[:400].decode(errors="replace")


def _retry_after_s(response: aiohttp.ClientResponse) -> float:
    """The header's seconds, kept between 0.2 s and a minute; the form with a date counts as the default."""
    text = response.headers.get("Retry-After", "")
    return min(60.0, max(0.2, float(text))) if text.isdecimal() else _RETRY_AFTER_S
