"""TLS in front of both doors, by the configuration that is shipped."""

import asyncio
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from caches.debian import need
from caches.servers import running, shipped
from caches.tap import Tap, tapped, until
from edge_door import front_door
from house.house import free_port
from stentor.log.bus import Bus
from synthetic_stage import SyntheticStage


@dataclass(frozen=True, slots=True)
class Doors:
    """HAProxy with an edge behind both doors, each with a tap."""

    front: str
    stage_door: str
    edge_tap: Tap
    backstage_tap: Tap
    stage: SyntheticStage
    space_id: str


@pytest.fixture
async def doors(nats_url: str, bus: Bus, space_id: str, tmp_path: Path) -> AsyncIterator[Doors]:
    async with opened(nats_url, bus, space_id, tmp_path) as found:
        yield found


@asynccontextmanager
async def opened(nats_url: str, bus: Bus, space_id: str, directory: Path) -> AsyncIterator[Doors]:
    stage = await SyntheticStage.open(bus, space_id, chunks=45)
    async with front_door(nats_url, pages_dir=directory) as edge:
        edge_port = int(edge.rpartition(":")[2])
        async with (
            tapped(edge_port) as edge_tap,
            tapped(edge_port) as backstage_tap,
            proxied(directory, edge_port=edge_tap.port, backstage_port=backstage_tap.port) as (front, back),
        ):
            yield Doors(front, back, edge_tap, backstage_tap, stage, space_id)


@asynccontextmanager
async def proxied(directory: Path, *, edge_port: int, backstage_port: int) -> AsyncIterator[tuple[str, str]]:
    """HAProxy as shipped: where its front door and its stage door are."""
    program = need("haproxy", "haproxy")
    front_port, stage_port = free_port(), free_port()
    config = directory / "haproxy.cfg"
    values = {
        "bind :80\n": f"bind 127.0.0.1:{free_port()}\n",
        "bind :::80 ": f"bind ::1:{free_port()} ",
        "bind :::443 ": f"bind ::1:{front_port} ",
        "bind :::8443 ": f"bind ::1:{stage_port} ",
        "bind :443 ": f"bind 127.0.0.1:{front_port} ",
        "bind :8443 ": f"bind 127.0.0.1:{stage_port} ",
        "/etc/stentor/certificates/listen.example.org.pem": certificate(directory),
        "/etc/stentor/certificates/stage.example.org.pem": certificate(directory),
        "127.0.0.1:8080": f"127.0.0.1:{edge_port}",
        "127.0.0.1:8081": f"127.0.0.1:{backstage_port}",
        # The figures that the tests wait for, a few times smaller.
        "timeout http-request 5s": "timeout http-request 500ms",
        "timeout client 30s": "timeout client 2s",
        "timeout server 30s": "timeout server 2s",
        f"maxconn {shipped_figure('maxconn')}\n": "maxconn 500\n",
    }
    config.write_text(shipped("haproxy/haproxy.cfg", values))
    async with running([program, "-db", "-f", str(config)], front_port, directory):
        yield f"https://127.0.0.1:{front_port}", f"https://127.0.0.1:{stage_port}"


def shipped_figure(name: str) -> str:
    """A figure that follows from the settings."""
    found = re.search(rf"^    {name} (\d+)$", shipped("haproxy/haproxy.cfg", {}), re.MULTILINE)
    assert found
    return found[1]


def certificate(directory: Path) -> str:
    """A certificate and its key in one file, as HAProxy wants it."""
    pem, key, public = directory / "both.pem", directory / "key.pem", directory / "cert.pem"
    if not pem.exists():
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
        name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-keyout", str(key), "-out", str(public)]
        command = [need("openssl", "openssl"), "req", "-x509", *kind, *name, *files]
        subprocess.run(command, check=True, capture_output=True, timeout=20)
        pem.write_text(public.read_text() + key.read_text())
    return str(pem)


async def curl(directory: Path, *arguments: str) -> tuple[str, bytes]:
    """What curl's -w says, and the body."""
    body = directory / "body"
    body.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        need("curl", "curl"), "-sS", "--cacert", str(directory / "cert.pem"), "--max-time", "15",
        "-w", "%{http_code} HTTP/%{http_version}", "-o", str(body), *arguments,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    return out.decode(), body.read_bytes() if body.exists() else b""


async def test_both_doors_speak_http_2_over_tls_and_1_1_to_their_roles(doors: Doors, tmp_path: Path) -> None:
    said, body = await curl(tmp_path, "--http2", f"{doors.front}/s/{doors.space_id}/hls/init.mp4")
    assert said == "200 HTTP/2"
    assert body[4:8] == b"ftyp"
    said, _ = await curl(tmp_path, "--http1.1", f"{doors.stage_door}/api/me")
    assert said.endswith("HTTP/1.1")
    assert "/api/me" in doors.backstage_tap.counts()
    assert "/api/me" not in doors.edge_tap.counts()


async def test_a_stream_goes_on_far_beyond_every_time_out(doors: Doors, tmp_path: Path) -> None:
    async with doors.stage.live():
        said, body = await curl(
            tmp_path, "--http2", "--max-time", "6", f"{doors.front}/s/{doors.space_id}/live.aac"
        )
    # 2 s of silence would have ended it; curl itself did, after 6 s.
    assert said == "200 HTTP/2"
    assert len(body) > 6 * 8000


async def test_a_held_request_is_not_cut(doors: Doors, tmp_path: Path) -> None:
    asking = asyncio.create_task(curl(tmp_path, f"{doors.front}/s/{doors.space_id}/hls/part/45.m4s"))
    await until(lambda: any("part/45" in target for target in doors.edge_tap.counts()))
    await doors.stage.write(1)
    said, body = await asking
    assert said == "200 HTTP/2"
    assert body


async def test_what_a_client_claims_about_itself_does_not_reach_an_edge(doors: Doors, tmp_path: Path) -> None:
    await curl(
        tmp_path, "-H", "X-Forwarded-For: 192.0.2.66", "-H", "Cookie: a=b",
        f"{doors.front}/s/{doors.space_id}/space.json",
    )  # fmt: skip
    asked = [a for a in doors.edge_tap.asked if a.target.endswith("space.json")]
    assert [a.fields["x-forwarded-for"] for a in asked] == ["127.0.0.1"]
    assert "cookie" not in asked[0].fields


async def test_what_changes_something_is_sent_once_and_what_asks_again(tmp_path: Path) -> None:
    """Behind both doors a role that reads a request and dies before it has answered.

    By HTTP/1.1: over HTTP/2 HAProxy refuses the stream, and curl itself, as browsers do, asks again.
    """
    asked: list[bytes] = []

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"/readyz" in head:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        else:
            asked.append(head.split()[0])
        writer.close()

    dying = await asyncio.start_server(die, "127.0.0.1", 0)
    port = dying.sockets[0].getsockname()[1]
    async with dying, proxied(tmp_path, edge_port=port, backstage_port=port) as (front, stage_door):
        for door in (front, stage_door):
            said, _ = await curl(
                tmp_path, "--http1.1", "--json", '{"text": "Why?"}', f"{door}/s/demo/question"
            )
            assert said.startswith("502")
            assert asked == [b"POST"]
            said, _ = await curl(tmp_path, "--http1.1", f"{door}/spaces.json")
            assert said.startswith("502")
            assert asked.count(b"GET") > 1
            asked.clear()


async def test_who_sends_a_head_too_slowly_is_told_so_and_closed(doors: Doors, tmp_path: Path) -> None:
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    port = int(doors.front.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(b"GET / HTTP/1.1\r\nHost: ")
    async with asyncio.timeout(3):
        assert (await reader.read()).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_operators_addresses_are_closed_at_both_doors(doors: Doors, tmp_path: Path) -> None:
    for door in (doors.front, doors.stage_door):
        for path in ("metrics", "readyz", "healthz"):
            said, _ = await curl(tmp_path, f"{door}/{path}")
            assert said.startswith("404")
