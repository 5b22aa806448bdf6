"""The stage door's API for the command line and the demo: a thin client. The one file here that imports
aiohttp."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from stentor.errors import Broken, CannotStart, RemoteProblem

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_READY_EVERY_S = 0.1


class StageDoorClient:
    """Talks to one stage door as its owner. Use as an async context manager.

    Args:
        url: such as http://127.0.0.1:8081.
        token: the owner's, from `owner_token`.
    """

    def __init__(self, url: str, *, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __aenter__(self) -> "StageDoorClient":
        self._http = aiohttp.ClientSession(timeout=_TIMEOUT, headers=self._headers)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """JSON in, JSON out. Raises: RemoteProblem: the door's own words. Broken: the door is closed."""
        try:
            async with self._http.request(method, self._url + path, json=body) as answer:
                told = await answer.json(content_type=None) if answer.status != 204 else None  # noqa: PLR2004
                if answer.status >= 400:  # noqa: PLR2004
                    raise RemoteProblem(told if isinstance(told, dict) else {"status": answer.status})
                return told
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Broken(
                f"The stage door at {self._url} does not answer ({type(error).__name__}). "
                "Next step: start it with `stentor serve`."
            ) from None


async def until_ready(url: str, *, timeout_s: float) -> None:
    """Waits for `/readyz` of a door. Raises: CannotStart: not within the time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
        while loop.time() < deadline:
            try:
                async with http.get(f"{url.rstrip('/')}/readyz") as answer:
                    if answer.status == 200:  # noqa: PLR2004
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(_READY_EVERY_S)
    raise CannotStart(
        f"The door at {url}",
        because=f"it did not answer within {timeout_s:.0f} s",
        next_step="look into the folder logs of the data directory",
    )


def owner_token(data_dir: Path) -> str:
    """Raises: CannotStart: no server has run with this directory yet, or it is somebody else's."""
    try:
        return (data_dir / "owner.token").read_text().strip()
    except OSError as error:
        raise CannotStart(
            f"The owner's token in {data_dir}",
            because=error.strerror or str(error),
            next_step="start `stentor serve` with this data directory first",
        ) from None
