"""The edges of a house, as one listener goes through them. Pure.

Comes in: a listeners' link, what the house tells of its edges. Goes out: addresses. Never: an address that is
no origin.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from stentor.errors import BadInput

EDGES_MAX: Final = 32
_LENGTH_MAX: Final = 300


class Edges:
    """Args: url: such as https://example.org/s/town-hall. others: origins. Raises: BadInput: no link."""

    def __init__(self, url: str, others: Iterable[str] = ()) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.path.startswith("/s/"):
            raise BadInput(f"{url[:100]!r} is no listeners' link; it looks like https://example.org/s/name.")
        self._path = parts.path.rstrip("/")
        self.first = f"{parts.scheme}://{parts.netloc}"
        """The one that the link names."""
        self._origins = list(dict.fromkeys([self.first, *others]))

    def learn(self, told: Iterable[object]) -> None:
        """What `space.json` names."""
        found = [edge.rstrip("/") for edge in told if isinstance(edge, str) and self._is_edge(edge)]
        self._origins = list(dict.fromkeys([*self._origins, *found]))[:EDGES_MAX]

    def next(self) -> None:
        """The present one has no answer."""
        self._origins.append(self._origins.pop(0))

    def url(self, what: str) -> str:
        """Of something of the Space's, at the present edge."""
        return f"{self._origins[0]}{self._path}/{what}"

    def _is_edge(self, edge: str) -> bool:
        """A bare origin; none without TLS where the link has it: tickets and passes are in what is asked."""
        if len(edge) > _LENGTH_MAX:
            return False
        try:
            parts = urlsplit(edge)
            has_more = parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment
        except ValueError:
            return False
        schemes = {"https"} if self.first.startswith("https:") else {"http", "https"}
        return parts.scheme in schemes and bool(parts.netloc) and not has_more
