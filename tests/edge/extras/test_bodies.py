"""Bodies at the front door: small, of one type, of known fields, in time; and nowhere else."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_door import front_door
from stentor.edge.extras.bodies import BODY_BYTES_MAX, ROUTES
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage

JSON = "Content-Type: application/json\r\n"


@pytest.fixture
async def address(nats_url: str, bus: Bus, tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    await SyntheticStage.open(bus, "demo", chunks=0)
    proxies = ("127.0.0.1/32",)
    async with front_door(nats_url, pages_dir=tmp_path, trusted_proxies=proxies) as base:
        host, port = base.removeprefix("http://").split(":")
        yield host, int(port)


class Client:
    """One address each, so that no pace is in the way."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._count = 0

    async def status(self, body: bytes, *, head: str = JSON, path: str = "/s/demo/react") -> int:
        length = f"Content-Length: {len(body)}\r\n"
        return await self.raw(f"POST {path} HTTP/1.1\r\n{head}{length}", body)

    async def raw(self, head: str, body: bytes) -> int:
        self._count += 1
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            seen_as = f"Host: x\r\nX-Forwarded-For: 192.0.2.{self._count}\r\n\r\n"
            writer.write((head + seen_as).encode() + body)
            line = await asyncio.wait_for(reader.readline(), 8)
            return int(line.split()[1])
        finally:
            writer.close()


async def test_only_what_can_be_meant_is_taken_and_a_body_has_its_time(address: tuple[str, int]) -> None:
    client = Client(address)
    # Waited for at the end: five seconds are long.
    late = asyncio.create_task(
        client.raw(f"POST /s/demo/react HTTP/1.1\r\n{JSON}Content-Length: 20\r\n", b'{"ki')
    )
    clap = b'{"kind":"clap"}'
    padded = clap + b" " * (BODY_BYTES_MAX - len(clap))
    hand = json.dumps({"id": "0123abcd", "is_up": True}).encode()
    wanted = [
        (await client.status(clap), 204),
        (await client.status(clap, head="content-type: Application/JSON; charset=utf-8\r\n"), 204),
        (await client.status(padded), 204),
        (await client.status(padded + b" "), 413),
        (await client.status(clap, head=""), 415),
        (await client.status(clap, head="Content-Type: text/plain\r\n"), 415),
        (await client.status(b""), 400),
        (await client.status(b"{}"), 400),
        (await client.status(b"[]"), 400),
        (await client.status(b"\xff\xfe"), 400),
        (await client.status(b"[" * 1000), 400),
        (await client.status(b'{"kind":"clap","who":"me"}'), 400),
        (await client.status(b'{"kind":1}'), 400),
        (await client.status(b'{"kind":"boo"}'), 400),
        (await client.status(b'{"kind":"\\ud800"}'), 400),
        (await client.status(hand, path="/s/demo/hand"), 204),
        (await client.status(hand.replace(b"true", b"1"), path="/s/demo/hand"), 400),
        (await client.status(hand.replace(b"0123", b"."), path="/s/demo/hand"), 400),
        (await client.status(b'{"text":"\\ud800"}', path="/s/demo/question"), 400),
        (await client.status(clap, path="/s/nowhere/react"), 404),
        (await client.status(clap, path="/s/demo/space.json"), 413),
        (await client.status(clap, path="/spaces.json"), 413),
        (await client.status(clap, path="/s/demo/react/"), 413),
        (await client.raw(f"POST /s/demo/react HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n", b""), 411),
        (await client.raw(f"GET /s/demo/react HTTP/1.1\r\n{JSON}", b""), 405),
    ]
    assert [got for got, _ in wanted] == [status for _, status in wanted]
    assert await late == 408


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/s/a/react", True),
        ("/s/a.key/ask", True),
        ("/s/a/b/ask", False),
        ("/s//ask", False),
        ("/ask", False),
    ],
)
def test_four_addresses_take_a_body(path: str, is_one: bool) -> None:
    assert (ROUTES.fullmatch(path) is not None) is is_one
