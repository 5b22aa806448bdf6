"""The contract with uvicorn: what a socket may send before it is a request."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_door import front_door
from stentor.edge.connection import HEAD_BYTES_MAX, HEAD_FIELDS_MAX, URL_BYTES_MAX

LINE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
async def address(nats_url: str, tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    async with front_door(nats_url, pages_dir=tmp_path) as base:
        host, port = base.removeprefix("http://").split(":")
        yield host, int(port)


@asynccontextmanager
async def dialled(
    address: tuple[str, int],
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_to(address: tuple[str, int], request: bytes) -> int:
    """The status of the first answer."""
    async with dialled(address) as (reader, writer):
        writer.write(request)
        line = await asyncio.wait_for(reader.readline(), 5)
        return int(line.split()[1])


def fields(count: int) -> bytes:
    return b"".join(b"X-%d: y\r\n" % n for n in range(count))


async def test_an_ordinary_request_is_answered(address: tuple[str, int]) -> None:
    assert await answer_to(address, LINE + b"\r\n") == 200


async def test_as_many_fields_as_the_limit_are_taken(address: tuple[str, int]) -> None:
    assert await answer_to(address, LINE + fields(HEAD_FIELDS_MAX - 1) + b"\r\n") == 200


async def test_one_field_more_is_refused(address: tuple[str, int]) -> None:
    assert await answer_to(address, LINE + fields(HEAD_FIELDS_MAX) + b"\r\n") == 431


async def test_a_head_over_the_limit_is_refused(address: tuple[str, int]) -> None:
    assert await answer_to(address, LINE + b"X: " + b"y" * (HEAD_BYTES_MAX - 100) + b"\r\n\r\n") == 200
    assert await answer_to(address, LINE + b"X: " + b"y" * HEAD_BYTES_MAX + b"\r\n\r\n") == 431


async def test_a_head_that_never_ends_is_refused_at_the_limit(address: tuple[str, int]) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(LINE + b"X: " + b"y" * (HEAD_BYTES_MAX // 2))
        await asyncio.sleep(0)
        writer.write(b"y" * (HEAD_BYTES_MAX // 2))
        assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"431"


async def test_a_url_over_the_limit_is_refused(address: tuple[str, int]) -> None:
    line = b"GET /" + b"a" * URL_BYTES_MAX + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    assert await answer_to(address, line) == 414


@pytest.mark.parametrize(
    "head", [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
)
async def test_a_body_is_refused(address: tuple[str, int], head: bytes) -> None:
    assert await answer_to(address, LINE + head) == 413


async def test_an_empty_body_is_no_body(address: tuple[str, int]) -> None:
    assert await answer_to(address, LINE + b"Content-Length: 0\r\n\r\n") == 200


async def test_what_is_not_http_is_refused(address: tuple[str, int]) -> None:
    assert await answer_to(address, b"\x16\x03\x01 hello\r\n\r\n") == 400


async def test_a_connection_serves_one_request_after_another(address: tuple[str, int]) -> None:
    began_s = time.monotonic()
    async with dialled(address) as (reader, writer):
        for _ in range(40):
            writer.write(LINE + fields(20) + b"\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(len(b"ok\n"))
    # With Nagle's algorithm on, each answer's body waits 40 ms for the acknowledgement of its head.
    assert time.monotonic() - began_s < 40 * 0.03


async def test_post_is_not_allowed(address: tuple[str, int]) -> None:
    request = b"POST /spaces.json HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert await answer_to(address, request) == 405
