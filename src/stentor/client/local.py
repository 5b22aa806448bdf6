"""A house on this machine: whether its doors are open, and its owner's token.

Comes in: a URL, a data directory. Goes out: a wait that ends, a token. Never: a token of anybody else.
"""

import asyncio
from pathlib import Path

from stentor.client.http import is_ready
from stentor.errors import CannotStart

_READY_EVERY_S = 0.1


async def until_ready(url: str, *, timeout_s: float) -> None:
    """Waits for `/readyz` of a door. Raises: CannotStart: not within the time."""
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + timeout_s
    while loop.time() < deadline_s:
        if await is_ready(url):
            return
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
