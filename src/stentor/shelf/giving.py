"""A file of the shelf as an answer to somebody who asks for it, or for a piece of it.

Comes in: a request, a name and what the list says of it. Goes out: 200, 206, 304 or 416, the content in
pieces as it is taken. Never: a whole recording in memory; a byte of a file that no list names.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stentor.shelf.layout import MIME
from stentor.shelf.manifest import FileKept
from stentor.shelf.ranges import is_known, not_modified, span_of

PIECE_BYTES: Final = 256 * 1024


class Readable(Protocol):
    """One Space's files: the shelf itself, or what an edge keeps of it for a crowd (`edge/replay/`)."""

    async def read(self, name: str, *, start: int, end: int) -> bytes:
        """The bytes [start, end), fewer where the file is shorter. Raises: NotFound. ShelfAway."""
        ...


def mime_of(name: str) -> str:
    """By the end of its name."""
    return MIME.get(name.rpartition(".")[2], "application/octet-stream")


async def given(
    request: Request, shelf: Readable, name: str, kept: FileKept, *, headers: Mapping[str, str]
) -> Response:
    """The file, the one range of it that is asked for, or «you have it».

    Args:
        kept: as the list names it; its hash is the entity's tag.
    Raises: NotFound: it has gone since the list was read. ShelfAway.
    Bounds: one piece of PIECE_BYTES at a time; a shelf that fails half way cuts the connection, so that
        nobody takes a part for the whole.
    """
    tag = f'"{kept.sha256}"'
    headers = {**headers, "ETag": tag, "Accept-Ranges": "bytes"}
    if is_known(request, tag):
        return not_modified(tag, headers)
    headers["Content-Type"] = mime_of(name)
    span = span_of(request, tag=tag, size_bytes=kept.size_bytes)
    first, last = span or (0, kept.size_bytes - 1)
    if span is not None:
        if first > last:
            headers["Content-Range"] = f"bytes */{kept.size_bytes}"
            return Response(status_code=416, headers=headers)
        headers["Content-Range"] = f"bytes {first}-{last}/{kept.size_bytes}"
    headers["Content-Length"] = str(last + 1 - first)
    if request.method == "HEAD":
        # The server would throw every piece away, but only after it was read.
        return Response(headers=headers)
    # The first piece now: a shelf that is away is an answer of its own, not a cut after «200».
    head = await shelf.read(name, start=first, end=min(first + PIECE_BYTES, last + 1))
    rest = pieces(shelf, name, start=first + len(head), end=last + 1)
    return StreamingResponse(_led(head, rest), 200 if span is None else 206, headers)


async def pieces(shelf: Readable, name: str, *, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes [start, end), a piece at a time. Raises: NotFound, ShelfAway: also half way."""
    while start < end:
        piece = await shelf.read(name, start=start, end=min(start + PIECE_BYTES, end))
        if not piece:
            return
        yield piece
        start += len(piece)


async def _led(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece
