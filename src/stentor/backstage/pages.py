"""The speaker's page and its files. The same page for every invitation: the token is read by the page.

Never: a look at the token here, a copy of the page in a cache, the token in a Referer.
"""

from os import PathLike, stat_result
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from stentor.backstage.door import DoorHere

_CSP = (
    "default-src 'self'; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _CSP,
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "X-Robots-Tag": "noindex",
}
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Stentor</title><p>The pages are not built. "
    "Run <code>make web</code> and load this page again."
)

routes = APIRouter(include_in_schema=False)


@routes.get("/i/{token}")
async def speaker_page(token: str, door: DoorHere) -> Response:  # noqa: ARG001  # the page reads it
    path = door.pages_dir / "speak.html"
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
