"""The stage door over HTTP: one call, one stream. With `front_door.py`, where aiohttp enters.

Comes in: a method, a path, JSON. Goes out: JSON, bytes as they come. Never: a retry; whoever calls knows
whether asking twice does harm (an Idempotency-Key makes it harmless).
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

import aiohttp

from stentor.errors import Broken, RemoteProblem

_TIMEOUT = aiohttp.ClientTimeout(total=15)
_STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)
"""A stream says something every 10 s; three silences mean that the line is lost."""
_NO_CONTENT = 204
_REFUSED = 400

Query = Mapping[str, str | int | bool | None]


class Caller(Protocol):
    """What the nouns of the client need; also what a test stands in with to see what they ask."""

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        key: str | None = None,
        file: bytes | None = None,
    ) -> Any:
        """JSON in, JSON out; None for an empty answer.

        Args:
            query: what is None is left out.
            key: an Idempotency-Key: the same call with the same key happens once.
            file: a body that is no JSON.
        Raises: RemoteProblem: the door's own words. Broken: the door is closed.
        """
        ...

    def stream(self, path: str) -> AsyncIterator[bytes]:
        """An answer's body as it comes, until it ends. Raises: as `call`."""
        ...


class Http:
    """One stage door, as somebody. Use as an async context manager.

    Args:
        url: such as http://127.0.0.1:8081.
        token: the owner's, or an invitation's.
    """

    def __init__(self, url: str, *, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __aenter__(self) -> "Http":
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT, headers=self._headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        key: str | None = None,
        file: bytes | None = None,
    ) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        try:
            async with self._session.request(
                method, self._url + path, json=body, data=file, params=asked, headers=headers
            ) as answer:
                await must_be_good(answer)
                return None if answer.status == _NO_CONTENT else await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise self._closed(error) from None

    async def stream(self, path: str) -> AsyncIterator[bytes]:
        try:
            async with self._session.get(self._url + path, timeout=_STREAM_TIMEOUT) as answer:
                await must_be_good(answer)
                async for part in answer.content.iter_any():
                    yield part
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._closed(error) from None

    def _closed(self, error: Exception) -> Broken:
        return Broken(
            f"The stage door at {self._url} does not answer ({type(error).__name__}). "
            "Next step: start it with `stentor serve`."
        )


async def must_be_good(answer: aiohttp.ClientResponse) -> None:
    """Raises: RemoteProblem: a refusal, in the door's own words where it has any."""
    if answer.status < _REFUSED:
        return
    try:
        told = await answer.json(content_type=None)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"status": answer.status, "detail": f"The door answered {answer.status}."}
    raise RemoteProblem({"retry_after_s": _seconds(answer.headers.get("Retry-After")), **told})


def _seconds(told: str | None) -> float | None:
    """Our doors send no dates."""
    return float(told) if told is not None and told.isascii() and told.isdecimal() else None


async def is_ready(url: str) -> bool:
    """Whether a door says that it can do its work."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http,
            http.get(f"{url.rstrip('/')}/readyz") as answer,
        ):
            return answer.status < _REFUSED
    except (aiohttp.ClientError, TimeoutError):
        return False
