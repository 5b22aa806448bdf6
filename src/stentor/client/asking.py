"""What the nouns of the client share: paths, bodies, pages.

Comes in: plain values. Goes out: typed answers. Never: a request of its own.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from stentor.client.decoding import decoded
from stentor.client.http import Caller, Query
from stentor.client.models import Page

T = TypeVar("T")


class Noun:
    """One kind of thing behind the door."""

    def __init__(self, http: Caller) -> None:
        self._http = http

    async def _ask(
        self,
        kind: type[T],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        key: str | None = None,
        file: bytes | None = None,
    ) -> T:
        """As `Caller.call`, with the answer as `kind`."""
        answer = await self._http.call(method, path, body, query=query, key=key, file=file)
        return decoded(kind, answer)

    async def _tell(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        """For answers that are empty."""
        await self._http.call(method, path, body)


def at(*parts: str) -> str:
    """`at("spaces", "a/b")` → `/api/spaces/a%2Fb`."""
    return "/api/" + "/".join(quote(part, safe="") for part in parts)


def given(**values: object) -> dict[str, object]:
    """Those that are not None: what is not said is the door's to decide."""
    return {name: value for name, value in values.items() if value is not None}


async def every(page_at: Callable[[str | None], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """All items of a list, page after page.

    Args:
        page_at: such as `lambda cursor: door.spaces.list(cursor=cursor)`.
    """
    cursor: str | None = None
    while True:
        page = await page_at(cursor)
        for item in page.items:
            yield item
        if page.next is None:
            return
        cursor = page.next
