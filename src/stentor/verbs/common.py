"""What the verbs share: the house they talk to, how things and times are written.

Comes in: options, wishes. Goes out: answers, lines. Never: a decision; the stage door decides.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from stentor.client.local import owner_token
from stentor.client.stage_door import StageDoor
from stentor.config import load

T = TypeVar("T")

console = Console()

DataDir = Annotated[Path | None, typer.Option(help="Where this house keeps its things.")]
SpaceId = Annotated[str, typer.Argument(help="The last part of its link.", metavar="SPACE")]


def asked(data_dir: Path | None, work: Callable[[StageDoor], Awaitable[T]]) -> T:
    """What the door answers its owner. Raises: CannotStart. RemoteProblem. Broken."""

    async def ask() -> T:
        settings = load(data_dir=data_dir)
        token = owner_token(settings.data_dir)
        async with StageDoor(settings.stage_door_url, token=token) as door:
            return await work(door)

    return asyncio.run(ask())


def told(line: str) -> None:
    """A line that is never wrapped or coloured by what it says: links are copied from it."""
    console.print(f"  {line}", highlight=False, soft_wrap=True)


def new_key() -> str:
    """An Idempotency-Key: a creation whose answer is lost is not made twice by asking again."""
    return str(uuid.uuid4())


def when(at_ms: int | None) -> str:
    """A time as this machine's clock shows it."""
    if at_ms is None:
        return "–"
    return datetime.fromtimestamp(at_ms / 1000).astimezone().isoformat(" ", "seconds")


def as_ms(at: datetime | None) -> int | None:
    """A time without a zone is this machine's."""
    return None if at is None else int(at.astimezone().timestamp() * 1000)


def clock(at_ms: int) -> str:
    """Record time as a player shows it: 1:02:03, 2:03."""
    minutes, seconds = divmod(at_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
