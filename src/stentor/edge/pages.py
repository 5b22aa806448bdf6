"""The listeners' pages: built files, read once at start.

Comes in: the directory that `make web` fills. Goes out: HTML that is asked for again each time (304 by its
tag), with the tags of its Space in the head; hashed assets that never change. Never: a path from the request
on the file system; what was not read at start does not exist.
"""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from stentor.admission.line.line_clock import LineClock
from stentor.edge import answers
from stentor.edge.public.addresses import Addresses
from stentor.edge.public.head_tags import Template, feed_tags, neutral_tags, tags_of
from stentor.edge.public.hosts import Hosts
from stentor.edge.public.no_script import no_script
from stentor.edge.spaces import Spaces
from stentor.errors import CannotStart, NoSuchSpace, NotFound
from stentor.shelf import ranges
from stentor.space.record import Space

BUILT: Final = Path(__file__).parent.parent / "pages"
_BYTES_MAX: Final = 32 << 20
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'{edges}; media-src 'self' blob:{edges}; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
"""Nothing from elsewhere. hls.js plays from `blob:` and works in a `blob:` worker; Lit writes styles."""
_NOTHING_OF_THE_DEVICE: Final = "microphone=(), camera=(), geolocation=(), usb=(), serial=()"
"""Listeners only listen; whoever speaks is on the stage door's page."""
_OF_A_SPACE: Final = "public, max-age=0, s-maxage=5, must-revalidate"
"""A cache of the house keeps one object per Space for some seconds; browsers ask again each time."""
_HOUR: Final = "public, max-age=3600"
_SPACES_KEPT_MAX: Final = 256
_NOT_BUILT: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Stentor</title>"
    "<h1>The pages are not built</h1><p>Run <code>make web</code> in the source tree, then start again. "
    "The streams work without pages: <code>/s/&lt;id&gt;/live.aac</code>.</p></html>"
)


def content_security_policy(edge_urls: tuple[str, ...], *, ancestors: str = "'self'") -> str:
    """The page's policy; players may go to every edge of the house, and nowhere else.

    Args:
        ancestors: whose pages may show it in a frame.
    """
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in edge_urls}
    return _POLICY.format(edges="".join(f" {origin}" for origin in sorted(origins)), ancestors=ancestors)


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

    Args:
        line: a Space's newest clock, for browsers without scripts; None: no line speaks.
    Bounds: the pages of 256 Spaces are kept as they were last made; making one costs 0.2 ms.
    Raises: CannotStart: the directory has more than 32 MB, so it is not ours.
    """

    def __init__(
        self,
        directory: Path,
        spaces: Spaces,
        hosts: Hosts,
        addresses: Addresses,
        line: Callable[[Space], LineClock | None] = lambda _: None,
    ) -> None:
        self._spaces = spaces
        self._hosts = hosts
        self._addresses = addresses
        self._line = line
        self._files: dict[str, StaticFile] = {}
        self._made: dict[tuple[str, str, str], answers.Text] = {}
        self._headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": content_security_policy(addresses.others),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": _NOTHING_OF_THE_DEVICE,
        }
        anywhere = content_security_policy(addresses.others, ancestors="*")
        self._framed_headers = self._headers | {"Content-Security-Policy": anywhere}
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
        if "home.html" in self._files:
            self._files["home.html"] = _with_feed(self._files["home.html"])
        self._templates: dict[str, Template] = {
            name: Template.of(self._files[name].text.raw.decode())
            for name in ("listen.html", "embed.html")
            if name in self._files
        }

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home),
            Route("/s/{name}", self.listen),
            Route("/s/{name}/embed", self.embed),
            Route("/embed.js", self.element),
            Route("/assets/{name:path}", self.asset),
        ]

    async def home(self, request: Request) -> Response:
        return self._page(request, "home.html")

    async def listen(self, request: Request) -> Response:
        """The same page for all Spaces, but for its head: what the Space is doing, `space.json` says."""
        return self._page_of_space(request, "listen.html", self._headers)

    async def embed(self, request: Request) -> Response:
        """The player alone, for a frame in anybody's page."""
        return self._page_of_space(request, "embed.html", self._framed_headers)

    async def element(self, request: Request) -> Response:
        """`<stentor-player>`: a name that stays, for pages that others have written."""
        found = self._files.get("embed.js")
        if found is None:
            raise NotFound("The pages are not built: run `make web`.")
        return found.response(request, answers.open_headers(_HOUR))

    async def asset(self, request: Request) -> Response:
        found = self._files.get(f"assets/{request.path_params['name']}")
        if found is None:
            raise NotFound("There is no such asset. Load the page again.")
        # Other origins may embed the player, so its script is open too.
        return found.response(request, answers.open_headers("public, max-age=31536000, immutable"))

    def _page_of_space(self, request: Request, file: str, headers: dict[str, str]) -> Response:
        """A name that is none gets the page too: it says so in words, the status says it to machines."""
        template = self._templates.get(file)
        if template is None:
            return self._page(request, file)
        try:
            space = self._spaces.record(request.path_params["name"])
        except NoSuchSpace:
            tags, status, cache = neutral_tags(template.title, is_indexed=False), 404, answers.BRIEF
            plain = ""
        else:
            base = self._addresses.base(request)
            tags, status = tags_of(space, hosts=self._hosts.names(space.id), base=base), 200
            plain = no_script(space, self._line(space))
            # Caches of the house go by the path alone: one visitor's Host must not become another's link.
            cache = _OF_A_SPACE if self._addresses.is_fixed else headers["Cache-Control"]
        text = self._made.get((file, tags, plain))
        if text is None:
            if len(self._made) >= _SPACES_KEPT_MAX:
                del self._made[next(iter(self._made))]
            page = answers.Text(template.page(tags, plain), "text/html; charset=utf-8")
            text = self._made[file, tags, plain] = page
        return text.response(request, headers | {"Cache-Control": cache}, status=status)

    def _page(self, request: Request, name: str) -> Response:
        found = self._files.get(name)
        if found is None:
            return HTMLResponse(_NOT_BUILT, 503, self._headers | {"Cache-Control": answers.NO_STORE})
        return found.response(request, dict(self._headers))


def _with_feed(page: StaticFile) -> StaticFile:
    """The front page names the house's podcast."""
    raw = page.text.raw.replace(b"</head>", feed_tags().encode() + b"</head>", 1)
    return StaticFile(answers.Text(raw, page.text.mime))
