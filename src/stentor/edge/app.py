"""The front door as an ASGI application.

Comes in: requests that `connection.py` let through. Goes out: answers of the routes, each counted, with the
headers that every answer has. Never: a request body, but for the routes of `extras` and of the line.
"""

from collections.abc import Callable, MutableMapping
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
from stentor.edge.admission.low import LowRoutes
from stentor.edge.admission.routes import LineRoutes
from stentor.edge.audience import Audience
from stentor.edge.connection import has_body
from stentor.edge.extras.bodies import BODY_BYTES_MAX, LINE_BODY_BYTES_MAX, LINE_ROUTES, ROUTES
from stentor.edge.extras.routes import ExtrasRoutes
from stentor.edge.fanouts import Fanouts
from stentor.edge.framing import Format
from stentor.edge.hls_desk import HlsDesk
from stentor.edge.hls_routes import HlsRoutes
from stentor.edge.ladder import Extras
from stentor.edge.live import Live
from stentor.edge.metrics import Metrics
from stentor.edge.pages import BUILT, Pages
from stentor.edge.public.addresses import Addresses
from stentor.edge.public.cards import Cards
from stentor.edge.public.hosts import Hosts
from stentor.edge.public.podcast_routes import PodcastRoutes
from stentor.edge.public.routes import PublicRoutes
from stentor.edge.public.search import SearchRoutes
from stentor.edge.queries import unknown_name
from stentor.edge.replay.archive import Archive
from stentor.edge.replay.clips import ClipRoutes
from stentor.edge.replay.files import FileRoutes
from stentor.edge.replay.routes import ReplayRoutes
from stentor.edge.seating import Seating
from stentor.edge.space_routes import SpaceRoutes
from stentor.edge.spaces import Spaces
from stentor.edge.waits import Waits
from stentor.errors import BadInput, StentorError, SwitchedOff, TooLarge
from stentor.log.bus import Bus

_OFF_AGAIN_S = 10.0


def _preflight(methods: str, fields: str) -> dict[str, str]:
    return answers.open_headers("public, max-age=86400") | {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": fields,
        "Access-Control-Max-Age": "86400",
        "Allow": methods,
    }


_PREFLIGHT = _preflight("GET, HEAD, OPTIONS", "Range")
_PREFLIGHT_EXTRAS = _preflight("POST, OPTIONS", "Content-Type")
_OF_EVERY_ANSWER = [
    (name.lower().encode(), value.encode()) for name, value in answers.OF_EVERY_ANSWER.items()
]
_LINE = frozenset({"ticket", "pass", "here", "bid", "line.json"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are made of."""

    spaces: Spaces
    bus: Bus
    audience: Audience
    metrics: Metrics
    clock: Clock
    fanouts: Fanouts
    extras: ExtrasRoutes
    hosts: Hosts
    archive: Archive
    search: SearchRoutes
    cards: Cards
    podcasts: PodcastRoutes
    line: LineRoutes
    seating: Seating
    addresses: Addresses = field(default_factory=Addresses)
    pages_dir: Path = BUILT
    waits: Waits = field(default_factory=Waits)
    trusted: Trusted = NOBODY


def front_door(parts: Parts) -> ASGIApp:
    """The application. Raises: CannotStart: the pages' directory is not ours."""
    lives = [
        Route(
            f"/s/{{name}}/live.{format_.value}",
            Live(format_, parts.seating, parts.waits, parts.trusted),
            methods=["GET"],
        )
        for format_ in Format
    ]
    hls_desk = HlsDesk(
        parts.spaces,
        parts.audience,
        parts.metrics,
        parts.clock,
        parts.waits,
        parts.archive.recordings.keeps_end,
        parts.line.desk,
        parts.archive.egress,
        parts.trusted,
    )
    inner = Starlette(
        routes=[
            *lives,
            *parts.line.routes(),
            *HlsRoutes(hls_desk, parts.archive.past).routes(),
            *LowRoutes(hls_desk, parts.extras.extras).routes(),
            *ReplayRoutes(parts.archive).routes(),
            *FileRoutes(parts.archive).routes(),
            *ClipRoutes(parts.archive).routes(),
            *SpaceRoutes(
                parts.spaces,
                parts.bus,
                parts.metrics,
                parts.clock,
                parts.hosts,
                parts.archive,
                parts.extras.extras,
                parts.addresses.others,
                lambda: parts.fanouts.linked > 0,
                parts.line.desk.told_doors,
            ).routes(),
            *parts.extras.routes(),
            *parts.search.routes(),
            *parts.podcasts.routes(),
            *PublicRoutes(
                parts.spaces,
                parts.hosts,
                parts.addresses,
                parts.cards,
                parts.clock,
            ).routes(),
            *Pages(
                parts.pages_dir, parts.spaces, parts.hosts, parts.addresses, parts.line.desk.told_clock
            ).routes(),
        ],
        exception_handlers={StentorError: _stentor_error, HTTPException: _http_error},
    )
    inner.router.redirect_slashes = False
    return Door(inner, parts.metrics, parts.extras.extras)


class Door:
    """What holds for every request: OPTIONS for everybody, guarded, counted, no body where none belongs.

    Args:
        extras: while they are off, theirs are answered here, at a tenth of what a route costs.
    """

    def __init__(self, inner: ASGIApp, metrics: Metrics, extras: Callable[[], Extras]) -> None:
        self._inner = inner
        self._metrics = metrics
        self._extras = extras

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        is_extra = path.startswith("/s/") and ROUTES.fullmatch(path) is not None
        kind = "extras" if is_extra else _kind_of(path)

        async def send_checked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self._metrics.answered(kind, message["status"])
                message = {
                    **message,
                    "headers": [*message["headers"], *_OF_EVERY_ANSWER],
                }
            await send(message)

        if unknown_name(path, scope["query_string"]) is not None:
            await _UNKNOWN(scope, receive, send_checked)
        elif method == "OPTIONS":
            headers = _PREFLIGHT_EXTRAS if is_extra or kind == "line" else _PREFLIGHT
            await Response(status_code=204, headers=headers)(scope, receive, send_checked)
        elif is_extra and method == "POST":
            if self._extras() is Extras.OFF:
                await _OFF(scope, receive, send_checked)
            elif (refusal := _refused_body(scope["headers"], BODY_BYTES_MAX)) is not None:
                await refusal(scope, receive, send_checked)
            else:
                await self._inner(scope, receive, send_checked)
        elif kind == "line" and method == "POST" and LINE_ROUTES.fullmatch(path) is not None:
            if (refusal := _refused_body(scope["headers"], LINE_BODY_BYTES_MAX)) is not None:
                await refusal(scope, receive, send_checked)
            else:
                await self._inner(scope, receive, send_checked)
        elif has_body(scope["headers"]):
            await _NO_BODY(scope, receive, send_checked)
        else:
            await self._inner(scope, receive, send_checked)


async def _stentor_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StentorError)
    return answers.problem(error)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answers.plain_problem(error.status_code, error.detail, error.headers)


def _refused_body(headers: list[tuple[bytes, bytes]], limit_bytes: int) -> Response | None:
    """Whether a body is refused before a byte of it is read: its length is told first, or it is not taken."""
    fields = dict(headers)
    if b"transfer-encoding" in fields:
        return answers.plain_problem(411, "Say the body's length", {"Connection": "close"})
    # httptools has refused what is no number.
    size = int(fields.get(b"content-length", b"0"))
    if size > limit_bytes:
        error = TooLarge("The body", size_bytes=size, limit_bytes=limit_bytes)
        answer = answers.problem(error)
        answer.headers["Connection"] = "close"
        return answer
    return None


def _kind_of(path: str) -> str:
    """A class of request for the figures; never a word of the path itself."""
    if path.startswith("/s/"):
        if "/hls/" in path:
            return "hls"
        if "/live." in path:
            return "live"
        if path.rpartition("/")[2] in _LINE:
            return "line"
        if "/replay/" in path or "/record/" in path or path.endswith("/clip.m4a"):
            return "replay"
    return "page"


_UNKNOWN = answers.problem(BadInput("The query has a parameter that nothing here takes."))
_NO_BODY = answers.plain_problem(413, "No body belongs here", {"Connection": "close"})
_OFF = answers.problem(SwitchedOff("Reactions and questions", retry_after_s=_OFF_AGAIN_S))
