"""A shelf's file is given whole, by ranges, in pieces, or not again."""

import os
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from stentor.errors import NotFound
from stentor.shelf.giving import PIECE_BYTES, given, mime_of
from stentor.shelf.manifest import FileKept
from stentor.shelf.store import Shelf, SpaceShelf

NAME = "recording.m4a"


@pytest.fixture
def shelf(tmp_path: Path) -> SpaceShelf:
    return Shelf.open(tmp_path / "shelf").of("demo")


def request(**headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": fields})


async def body_of(answer: Response) -> tuple[bytes, int]:
    """All of it, and in how many pieces it came."""
    parts: Any = getattr(answer, "body_iterator", None)
    if parts is None:
        return bytes(answer.body), 1
    found = [part async for part in parts]
    return b"".join(found), len(found)


@pytest.mark.parametrize("size_bytes", [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
async def test_a_whole_file_comes_in_pieces(shelf: SpaceShelf, size_bytes: int) -> None:
    content = os.urandom(size_bytes)
    kept = await shelf.put(NAME, content)
    answer = await given(request(), shelf, NAME, kept, headers={"Cache-Control": "private"})
    assert await body_of(answer) == (content, -(-size_bytes // PIECE_BYTES))
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(size_bytes))
    assert (answer.headers["etag"], answer.headers["content-type"]) == (f'"{kept.sha256}"', "audio/mp4")
    assert (answer.headers["accept-ranges"], answer.headers["cache-control"]) == ("bytes", "private")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=5-", 5, 999), ("bytes=-3", 997, 999), ("bytes=990-2000", 990, 999)],
)
async def test_a_range_is_that_range(shelf: SpaceShelf, asked: str, first: int, last: int) -> None:
    content = os.urandom(1000)
    kept = await shelf.put(NAME, content)
    answer = await given(request(range=asked), shelf, NAME, kept, headers={})
    assert (await body_of(answer))[0] == content[first : last + 1]
    assert (answer.status_code, answer.headers["content-range"]) == (206, f"bytes {first}-{last}/1000")


async def test_a_range_outside_is_416_and_what_is_known_is_304(shelf: SpaceShelf) -> None:
    kept = await shelf.put(NAME, b"sound")
    answer = await given(request(range="bytes=5-"), shelf, NAME, kept, headers={})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */5")
    answer = await given(request(if_none_match=f'"{kept.sha256}"'), shelf, NAME, kept, headers={})
    assert (answer.status_code, await body_of(answer)) == (304, (b"", 1))


async def test_a_file_that_is_gone_is_said_before_anything_is_sent(shelf: SpaceShelf) -> None:
    with pytest.raises(NotFound):
        await given(request(), shelf, NAME, FileKept(5, "0" * 64), headers={})


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.vtt", "text/vtt; charset=utf-8"),
        ("voices/a.opus", "audio/ogg"),
        ("what", "application/octet-stream"),
    ],
)
def test_the_end_of_a_name_says_what_it_is(name: str, mime: str) -> None:
    assert mime_of(name) == mime
