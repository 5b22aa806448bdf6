"""The front door over HTTP: small answers, and one that does not end. With `http.py`, where aiohttp enters.

Comes in: addresses of edges. Goes out: JSON, heads, bytes as they come. Never: a second try; a wait without
end: an edge that is silent for SILENT_S has failed.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import aiohttp

from stentor.client.http import must_be_good
from stentor.errors import Broken

SILENT_S: Final = 6.0
"""At the slowest cadence bytes come each 2.56 s."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)
_LIVE_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=3, sock_read=SILENT_S)
_BODY_BYTES_MAX: Final = 256 * 1024


class Stream:
    """An answer that goes on. Args: head: its fields."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer
        self.head: Mapping[str, str] = answer.headers

    async def parts(self) -> AsyncIterator[bytes]:
        """Its bytes as they come, until it ends. Raises: Broken: silent, cut."""
        try:
            async for part in self._answer.content.iter_any():
                yield part
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _broken(error) from None


class FrontDoor:
    """Use as an async context manager. Every verb may raise RemoteProblem and Broken."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def read(self, url: str) -> bytes:
        """A small body. Raises: Broken: also where it is larger than 256 KiB."""
        try:
            async with self._session.get(url) as answer:
                await must_be_good(answer)
                body = await answer.content.read(_BODY_BYTES_MAX + 1)
                while len(body) <= _BODY_BYTES_MAX and (more := await answer.content.read(_BODY_BYTES_MAX)):
                    body += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _broken(error) from None
        if len(body) > _BODY_BYTES_MAX:
            raise Broken(f"An edge answers with more than {_BODY_BYTES_MAX} bytes.")
        return body

    async def post(self, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Returns: the answer's JSON; nothing where it is empty."""
        try:
            async with self._session.post(url, json=body) as answer:
                await must_be_good(answer)
                told = json.loads(await answer.content.read(_BODY_BYTES_MAX) or b"{}")
        except ValueError as error:
            raise _broken(error) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _broken(error) from None
        return told if isinstance(told, dict) else {}

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[Stream]:
        """An answer without end. Leaving the block ends it."""
        try:
            answer = await self._session.get(url, timeout=_LIVE_TIMEOUT)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _broken(error) from None
        async with answer:
            try:
                await must_be_good(answer)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise _broken(error) from None
            yield Stream(answer)


def _broken(error: Exception) -> Broken:
    return Broken(f"An edge does not answer ({type(error).__name__}).")
