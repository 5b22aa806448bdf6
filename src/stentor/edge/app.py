"""The front door as an ASGI application.

Comes in: requests that `connection.py` let through. Goes out: answers of the routes, each counted, with the
headers that every answer has. Never: a request body.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from stentor.admission.forwarded import NOBODY, Trusted
from stentor.clock import Clock
from stentor.edge import answers
from stentor.edge.audience import Audience
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.hls_routes import HlsRoutes
from stentor.edge.live import Live
from stentor.edge.metrics import Metrics
from stentor.edge.pages import BUILT, Pages
from stentor.edge.space_routes import SpaceRoutes
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import StentorError
from stentor.log.bus import Bus

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are made of."""

    spaces: Spaces
    bus: Bus
    audience: Audience
    metrics: Metrics
    clock: Clock
    fanouts: Fanouts
    pages_dir: Path = BUILT
    waits: Waits = field(default_factory=Waits)
    edge_urls: tuple[str, ...] = ()
    trusted: Trusted = NOBODY


def front_door(parts: Parts) -> ASGIApp:
    """The application. Raises: CannotStart: the pages' directory is not ours."""
    lives = [
        Route(
            f"/s/{{space_id}}/live.{format_.value}",
            Live(
                format_,
                spaces=parts.spaces,
                metrics=parts.metrics,
                clock=parts.clock,
                fanouts=parts.fanouts,
            ),
            methods=["GET"],
        )
        for format_ in Format
    ]
    inner = Starlette(
        routes=[
            *lives,
            *HlsRoutes(
                parts.spaces, parts.audience, parts.metrics, parts.clock, parts.waits, parts.trusted
            ).routes(),
            *SpaceRoutes(
                parts.spaces,
                parts.bus,
                parts.metrics,
                parts.clock,
                parts.edge_urls,
                lambda: parts.fanouts.linked > 0,
            ).routes(),
            *Pages(parts.pages_dir, parts.edge_urls).routes(),
        ],
        exception_handlers={StentorError: _stentor_error, HTTPException: _http_error},
    )
    inner.router.redirect_slashes = False
    return Door(inner, parts.metrics)


class Door:
    """What holds for every request: no body, OPTIONS for everybody, nosniff, counted."""

    def __init__(self, inner: ASGIApp, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        kind = _kind_of(scope["path"])

        async def send_checked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(kind, message["status"])
                message = {
                    **message,
                    "headers": [*message["headers"], (b"x-content-type-options", b"nosniff")],
                }
            await send(message)

        if scope["method"] == "OPTIONS":
            headers = answers.open_headers("public, max-age=86400") | _PREFLIGHT
            await Response(status_code=204, headers=headers)(scope, receive, send_checked)
        elif _has_body(scope):
            refusal = answers.plain_problem(413, "No request here has a body", {"Connection": "close"})
            await refusal(scope, receive, send_checked)
        else:
            await self._inner(scope, receive, send_checked)


async def _stentor_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StentorError)
    return answers.problem(error)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answers.plain_problem(error.status_code, error.detail, error.headers)


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in scope["headers"]
    )


def _kind_of(path: str) -> str:
    """A class of request for the figures; never a word of the path itself."""
    if path.startswith("/s/"):
        if "/hls/" in path:
            return "hls"
        if "/live." in path:
            return "live"
    return "page"
