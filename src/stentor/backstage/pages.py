"""The stage door's pages and their files. The same bytes for everybody: tokens are read by the page.

Never: a look at a token here, a copy of a page in a cache, a token in a Referer, a script that is not ours.
"""

from os import PathLike, stat_result
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stentor.backstage.door import Door, DoorHere

# Style attributes are how the pages draw a level that moves; style elements, which could read a page's
# content by selectors, stay forbidden. Images are only our own and those drawn in the page.
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _CSP,
    "Permissions-Policy": (
        "microphone=(self), speaker-selection=(self), publickey-credentials-create=(self), "
        "publickey-credentials-get=(self), camera=(), geolocation=()"
    ),
    "X-Robots-Tag": "noindex",
}
_NOT_BUILT: Final = (
    "<!doctype html><meta charset=utf-8><title>Stentor</title><p>The pages are not built. "
    "Run <code>make web</code> and load this page again."
)

routes = APIRouter(include_in_schema=False)


@routes.get("/")
async def door_page(door: DoorHere) -> Response:
    """Own Spaces, or the way to sign in."""
    return _page(door, "door.html")


@routes.get("/i/{token}")
async def speaker_page(token: str, door: DoorHere) -> Response:  # noqa: ARG001  # the page reads it
    return _page(door, "speak.html")


@routes.get("/host/{space_id}")
async def host_page(space_id: str, door: DoorHere) -> Response:  # noqa: ARG001  # the page reads it
    return _page(door, "host.html")


@routes.get("/record/{space_id}")
async def record_page(space_id: str, door: DoorHere) -> Response:  # noqa: ARG001  # the page reads it
    """What is left of a Space, for those who lead it."""
    return _page(door, "record.html")


@routes.get("/operate")
async def operator_page(door: DoorHere) -> Response:
    return _page(door, "operate.html")


@routes.get("/sign-in")
async def sign_in_page(door: DoorHere) -> Response:
    return _page(door, "sign-in.html")


@routes.get("/own/{once}")
async def once_page(once: str, door: DoorHere) -> Response:  # noqa: ARG001  # the page posts it
    """The page of a one-time link. Looking at it uses nothing up: previews of messengers look at links."""
    return _page(door, "sign-in.html")


def _page(door: Door, name: str) -> Response:
    path = door.pages_dir / name
    if not path.is_file():
        return HTMLResponse(_NOT_BUILT, 503, headers=_PAGE_HEADERS)
    return FileResponse(path, headers=_PAGE_HEADERS)


class Assets(StaticFiles):
    """Files whose names change with their content."""

    def __init__(self, pages_dir: Path) -> None:
        super().__init__(directory=pages_dir / "assets", check_dir=False)

    def file_response(
        self,
        full_path: "str | PathLike[str]",
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
