"""`stentor listen`: a listener in a terminal, to a file or a pipe. Parses, calls, prints."""

import asyncio
import sys
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console

from stentor.client.in_line import Standing
from stentor.client.listening import Listening
from stentor.limits import CHUNK_MS

CHUNK_S = CHUNK_MS / 1000
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def listen(
    url: Annotated[str, typer.Argument(help="The listeners' link, such as https://example.org/s/town-hall.")],
    out: Annotated[Path | None, typer.Option(help="A file; else stdout, as for `| ffplay -`.")] = None,
    codec: Annotated[str, typer.Option(help="aac or opus.")] = "aac",
    for_s: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds of sound.")] = None,
) -> None:
    """Listen to a Space, waiting in the line if there is one; fragmented MP4, until it is over."""
    if out is None:
        with suppress(BrokenPipeError):  # the player was closed
            asyncio.run(_listen(url, sys.stdout.buffer, codec, for_s))
        return
    with out.open("wb") as file:
        asyncio.run(_listen(url, file, codec, for_s))


async def _listen(url: str, file: BinaryIO, codec: str, for_s: float | None) -> None:
    said = ""

    def say(standing: Standing) -> None:
        nonlocal said
        if standing.words != said:
            said = standing.words
            _stderr.print(said)

    listening = Listening(url, codec=codec, on_wait=say)
    count, wanted = 0, None if for_s is None else for_s / CHUNK_S
    async with aclosing(aiter(listening)) as chunks:
        async for chunk in chunks:
            init = b"" if count else listening.init
            # In a thread: a player that takes nothing for a while does not stop the stream's pace.
            await asyncio.to_thread(_write, file, init + chunk.events + chunk.media)
            count += 1
            if wanted is not None and count >= wanted:
                break
    _stderr.print(f"{count * CHUNK_S:.1f} s of sound")


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
