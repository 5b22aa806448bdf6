"""Around every request: its line in the log, its figures, the headers of every answer, the limits of each.

Never: an address, a token or a path in the log; the route's pattern says enough.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stentor.backstage.api.whip import CORS
from stentor.backstage.metrics import DoorMetrics
from stentor.backstage.problems import plain
from stentor.limits import (
    BRIEF_BODY_BYTES_MAX,
    SDP_SIZE_BYTES_MAX,
    SOUND_SIZE_BYTES_MAX,
    TRANSCRIPT_BODY_BYTES_MAX,
)

log = structlog.get_logger()

HEAD_BYTES_MAX = 16 * 1024
JSON_BYTES_MAX = 4 * 1024
SPACE_BYTES_MAX = 64 * 1024
"""A description of 4,000 characters, each of which JSON may write in twelve bytes."""
BODY_TIMEOUT_S = 10.0
SOUND_TIMEOUT_S = 300.0
"""50 MB at 1.4 Mbit/s: a slow line may still bring its jingle."""
TEXT_TIMEOUT_S = 60.0
"""4 MB at 0.6 Mbit/s: an edited transcript from a train."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # What is not a page loads nothing, is framed by nobody, and says so whatever a browser takes it for.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""A year, this host alone: a house must not decide for its domain's other names."""


class AroundRequest:
    """Outermost, so that the framework's own refusals are seen too."""

    def __init__(self, app: ASGIApp, metrics: DoorMetrics, *, is_secure: bool = False) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = {**_EVERY_ANSWER, **_OVER_TLS} if is_secure else _EVERY_ANSWER

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = time.monotonic()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._finish(scope, message, time.monotonic() - began_s)
            await send(message)

        await self._app(scope, receive, send_on)

    def _finish(self, scope: Scope, message: Message, seconds: float) -> None:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if scope["path"].startswith("/whip/"):
            headers.update(CORS)
        if scope["path"].startswith("/api/"):
            headers.setdefault("Cache-Control", "no-store")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route, status = _pattern_of(scope), message["status"]
        self._metrics.request_answered(route=route, method=method, status=status, seconds=seconds)
        log.info("answered", route=route, method=method, status=status, ms=round(seconds * 1000, 1))


@dataclass(frozen=True, slots=True)
class BodyBounds:
    """What a route's body may be."""

    size_bytes: int
    timeout_s: float


_JSON = BodyBounds(JSON_BYTES_MAX, BODY_TIMEOUT_S)
_OFFER = BodyBounds(SDP_SIZE_BYTES_MAX, BODY_TIMEOUT_S)
_SOUND = BodyBounds(SOUND_SIZE_BYTES_MAX, SOUND_TIMEOUT_S)
_SPACE = BodyBounds(SPACE_BYTES_MAX, BODY_TIMEOUT_S)
_TRANSCRIPT = BodyBounds(TRANSCRIPT_BODY_BYTES_MAX, TEXT_TIMEOUT_S)
_BRIEF = BodyBounds(BRIEF_BODY_BYTES_MAX, TEXT_TIMEOUT_S)
_TEXTS = {"transcript": _TRANSCRIPT, "brief": _BRIEF, "chapters": _BRIEF}
_TEXT_PATH = re.compile(r"/api/spaces/[^/]+/(transcript|brief|chapters)")
_SPACE_PATH = re.compile(r"/api/spaces(?:/[^/]+)?")
_SOUND_PATH = re.compile(r"/api/spaces/[^/]+/sounds")


def bounds_of(method: str, path: str) -> BodyBounds | None:
    """The bounds of a request's body; None: endless, and bounded in its pace by the route itself."""
    if method == "PUT" and path.startswith("/source/"):
        return None
    if path.startswith("/whip/"):
        return _OFFER
    if method in {"POST", "PATCH"} and _SPACE_PATH.fullmatch(path):
        return _SPACE
    if method == "PUT" and (text := _TEXT_PATH.fullmatch(path)):
        return _TEXTS[text[1]]
    return _SOUND if method == "POST" and _SOUND_PATH.fullmatch(path) else _JSON


class BoundedRequest:
    """Bounds every request's head in size, its body in size and in time.

    The framework's own limiter answers in plain text; this one raises inside the route, so that the refusal
    is a problem document like all others. h11's limit is met only by a head that comes in several packets.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES_MAX:
            await plain(431, {"Connection": "close"})(scope, receive, send)
            return
        bounds = bounds_of(scope["method"], scope["path"])
        if bounds is None:
            await self._app(scope, receive, send)
            return
        left_bytes = bounds.size_bytes
        deadline_s = asyncio.get_running_loop().time() + bounds.timeout_s
        is_whole = False

        async def bounded() -> Message:
            nonlocal left_bytes, is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline_s):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            left_bytes -= len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if left_bytes < 0:
                raise HTTPException(413, headers={"Connection": "close"})
            return message

        await self._app(scope, bounded, send)


def _pattern_of(scope: Scope) -> str:
    """The route's pattern; of a mounted part, where it is mounted."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", None) or scope.get("root_path") or "unknown")
