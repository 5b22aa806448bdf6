"""The door as a whole: pages, operators' routes, heads, logs, start and stop as a process."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stage_door import OpenDoor, opened_door
from stentor.backstage.main import listening
from stentor.config import Settings
from stentor.errors import CannotStart
from stentor.log.house_log import WAITING_MAX
from stentor.log.server import EmbeddedServer


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


async def test_the_speakers_page_is_the_same_for_all_and_kept_by_nobody(door: OpenDoor) -> None:
    async with door.http.get(f"{door.url}/i/a-token") as answer:
        assert (answer.status, await answer.text()) == (200, "<!doctype html><title>speak</title>")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers


async def test_assets_are_immutable_and_nothing_else_is_a_file(door: OpenDoor) -> None:
    async with door.http.get(f"{door.url}/assets/speak-1a2b.js") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/assets/none.js", "/assets/..%2fspeak.html", "/assets/%2e%2e/speak.html", "/speak.html"):
        status, problem = await door.ask("GET", path)
        assert (status, problem["status"]) == (404, 404)


async def test_pages_that_are_not_built_say_how_to_build_them(door: OpenDoor) -> None:
    (door.door.pages_dir / "speak.html").unlink()
    status, text = await door.ask("GET", "/i/a-token")
    assert (status, "make web" in text) == (503, True)


async def test_operators_see_health_and_figures(door: OpenDoor) -> None:
    assert await door.ask("GET", "/healthz") == (200, {"status": "ok"})
    assert await door.ask("GET", "/readyz") == (200, {"status": "ok"})
    status, text = await door.ask("GET", "/metrics")
    assert status == 200
    assert 'stentor_door_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    await door.ask("GET", "/assets/speak-1a2b.js")
    await door.ask("GET", "/a/strangers/path")
    _, text = await door.ask("GET", "/metrics")
    assert 'route="/assets"' in text
    assert 'route="unknown"' in text
    assert "strangers" not in text
    assert 'stentor_door_lines_lost{log="house"} 0.0' in text
    for n in range(WAITING_MAX + 3):
        door.door.house_log.note("stage_died", space=str(n))
    _, text = await door.ask("GET", "/metrics")
    assert 'stentor_door_lines_lost{log="house"} 3.0' in text


@pytest.mark.parametrize(("size_bytes", "status"), [(15_000, 200), (17_000, 431), (60_000, 431)])
async def test_a_head_over_16_kib_is_refused(door: OpenDoor, size_bytes: int, status: int) -> None:
    assert (await door.ask("GET", "/healthz", headers={"X-Long": "x" * size_bytes}))[0] == status


async def test_a_head_without_end_is_refused(door: OpenDoor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(door.url.rpartition(":")[2]))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
    answer = asyncio.create_task(reader.readline())
    async with asyncio.timeout(10):
        while not answer.done():
            writer.write(b"X-Long: " + b"x" * 4_000 + b"\r\n")
            await asyncio.wait([answer], timeout=0.05)
    assert answer.result().startswith(b"HTTP/1.1 400")
    writer.close()


async def test_no_token_is_ever_logged(
    door: OpenDoor, space_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    host = await door.space(space_id)
    token = host["Authorization"].removeprefix("Bearer ")
    await door.ask("GET", f"/i/{token}")
    await door.ask("GET", f"/nothing/{token}")
    await door.ask("GET", "/api/me", headers=host)
    written = capsys.readouterr()
    assert "/i/{token}" in written.out + written.err
    assert token not in written.out + written.err + door.door.metrics.text(feed_count=0).decode()
    assert door.owner_token not in written.out + written.err


async def test_the_contract_names_every_route_of_the_protocol(door: OpenDoor) -> None:
    _, contract = await door.ask("GET", "/api/openapi.json")
    text = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text()
    section = text[text.index("## 4 The stage door") :]
    promised = {
        (method.lower(), re.sub(r"<(\w+)>", "{}", path))
        for method, path in re.findall(r"^\| `(\w+) (/(?:api|whip|source)[^`?]*)", section, re.MULTILINE)
        if method != "PATCH"
    }
    kept = {
        (method, re.sub(r"{\w+}", "{}", path)) for path, item in contract["paths"].items() for method in item
    }
    assert len(promised) > 30
    assert promised <= kept


async def test_without_nats_the_door_says_when_to_come_back_and_lives(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    try:
        async with opened_door(server.url, tmp_path) as door:
            host = await door.space("demo")
            await server.stop()
            async with asyncio.timeout(20):
                while (await door.ask("GET", "/readyz"))[0] != 503:
                    pass
                async with door.http.get(f"{door.url}/api/me", headers=host) as answer:
                    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
            assert (await door.ask("GET", "/healthz"))[0] == 200
    finally:
        await server.stop()


def test_a_port_that_is_taken_is_said_plainly() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotStart, match="STENTOR_BACKSTAGE_PORT"):
            listening("127.0.0.1", other.getsockname()[1])


async def test_the_process_starts_serves_and_stops_within_three_seconds(
    nats_url: str, tmp_path: Path
) -> None:
    settings = Settings(nats_url=nats_url, data_dir=tmp_path / "data", backstage_port=0)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "stentor.backstage.main",
        env={**os.environ, **settings.as_environment()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            while b"the stage door is open" not in (line := await process.stdout.readline()):
                assert line, "the process has ended"
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(3):
            rest = await process.stdout.read()
            assert await process.wait() == 0, rest.decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
