"""The public addresses of a Space: what links in calendars, previews and embeds say. Pure.

Comes in: the edge's own address, a request. Goes out: absolute URLs. Never: an address that a request could
make up where the operator has set one.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from stentor.space.record import Space

_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,200}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII)
_PAGE: Final = re.compile(r"/s/([A-Za-z0-9.-]{1,120})(/embed)?/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this house's front door is.

    Args:
        own: the setting `edge_url`; empty: whatever name the visitor has used, as on one's own machine.
        others: further edges of the house.
    """

    own: str = ""
    others: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """What is said does not depend on the name that a visitor has used, so a cache may keep it."""
        return bool(self.own)

    def base(self, request: Request) -> str:
        """Scheme and host, and a path where the house has one, without a slash at the end."""
        if self.own:
            return self.own.rstrip("/")
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else ""

    def name_in(self, url: str, request: Request) -> str | None:
        """The Space's public name in one of our own URLs. None: it is not one."""
        for base in (self.base(request), *self.others):
            ours, theirs = _parts(base), _parts(url)
            if ours is None or theirs is None or ours[0] != theirs[0]:
                continue
            path = theirs[1].removeprefix(ours[1].rstrip("/"))
            if found := _PAGE.fullmatch(path):
                return found.group(1)
        return None


def page_url(base: str, space: Space) -> str:
    """The listeners' page; a private Space's carries its key."""
    return f"{base}/s/{space.public_name}"


def _parts(url: str) -> tuple[str, str] | None:
    """A URL's origin and its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}", parts.path
