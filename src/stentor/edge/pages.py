"""The listeners' pages: built files, read once at start.

Comes in: the directory that `make web` fills. Goes out: HTML that is asked for again each time (304 by its
tag), hashed assets that never change. Never: a path from the request on the file system; what was not read
at start does not exist.
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from stentor.edge import answers, ranges
from stentor.errors import CannotStart, NotFound
from stentor.space.names import is_space_id

BUILT: Final = Path(__file__).parent.parent / "pages"
_BYTES_MAX: Final = 32 << 20
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'{edges}; media-src 'self' blob:{edges}; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Nothing from elsewhere. hls.js plays from `blob:` and works in a `blob:` worker; Lit writes styles."""
_NOT_BUILT: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Stentor</title>"
    "<h1>The pages are not built</h1><p>Run <code>make web</code> in the source tree, then start again. "
    "The streams work without pages: <code>/s/&lt;id&gt;/live.aac</code>.</p></html>"
)


def content_security_policy(edge_urls: tuple[str, ...]) -> str:
    """The page's policy; players may go to every edge of the house, and nowhere else."""
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in edge_urls}
    return _POLICY.format(edges="".join(f" {origin}" for origin in sorted(origins)))


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, packed and tagged."""

    text: answers.Text

    @classmethod
    def read(cls, path: Path) -> "StaticFile":
        raw = path.read_bytes()
        mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if mime.startswith("text/"):
            mime += "; charset=utf-8"
        return cls(answers.Text(raw, mime))

    def response(self, request: Request, headers: dict[str, str]) -> Response:
        """The file, «not modified», or one range of it."""
        headers = {**headers, "Accept-Ranges": "bytes"}
        if "range" not in request.headers:
            return self.text.response(request, headers)
        headers["Vary"] = "Accept-Encoding"
        text = self.text
        return ranges.sliced(request, text.raw, tag=text.tag, mime=text.mime, headers=headers)


class Pages:
    """Every built file, in memory.

    Raises: CannotStart: the directory has more than 32 MB, so it is not ours.
    """

    def __init__(self, directory: Path = BUILT, edge_urls: tuple[str, ...] = ()) -> None:
        self._files: dict[str, StaticFile] = {}
        self._headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": content_security_policy(edge_urls),
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        size = 0
        for path in sorted(directory.rglob("*")) if directory.is_dir() else ():
            if not path.is_file():
                continue
            size += path.stat().st_size
            if size > _BYTES_MAX:
                raise CannotStart(
                    f"The pages in {directory}",
                    because=f"they have more than {_BYTES_MAX} bytes",
                    next_step="run `make web` to build them anew",
                )
            self._files[path.relative_to(directory).as_posix()] = StaticFile.read(path)

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/s/{name}", self.listen),
            Route("/assets/{name:path}", self.asset),
        ]

    async def home(self, request: Request) -> Response:
        return self._page(request, "home.html")

    async def listen(self, request: Request) -> Response:
        """The same bytes for all Spaces: a cache needs one copy. What the Space is, `space.json` says."""
        if not is_space_id(request.path_params["name"]):
            raise NotFound("A Space's id has small letters, digits and inner hyphens. Check the link.")
        return self._page(request, "listen.html")

    async def asset(self, request: Request) -> Response:
        found = self._files.get(f"assets/{request.path_params['name']}")
        if found is None:
            raise NotFound("There is no such asset. Load the page again.")
        # Other origins may embed the player, so its script is open too.
        return found.response(request, answers.open_headers("public, max-age=31536000, immutable"))

    def _page(self, request: Request, name: str) -> Response:
        found = self._files.get(name)
        if found is None:
            return HTMLResponse(_NOT_BUILT, 503, self._headers | {"Cache-Control": answers.NO_STORE})
        return found.response(request, dict(self._headers))
