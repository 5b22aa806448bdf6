import socket
import stat
from pathlib import Path

import pytest

from stentor.errors import CannotStart
from stentor.log.bus import connected
from stentor.log.server import EmbeddedServer, configuration


async def test_it_starts_again_on_the_same_store_port_and_password(tmp_path: Path, space_id: str) -> None:
    first = EmbeddedServer(tmp_path)
    await first.start()
    async with connected(first.url, name="test") as bus:
        await bus.ensure_stream(space_id, age_s=3600)
        await bus.append(f"space.{space_id}.tick.1", b"kept")
        await first.kill()
        await first.start()
        second_url = first.url
        async with connected(second_url, name="test") as again:
            assert await again.fetch(space_id, f"space.{space_id}.tick.1") == b"kept"
    await first.stop()
    other = EmbeddedServer(tmp_path)
    await other.start()
    assert other.url == second_url
    await other.stop()


async def test_its_password_is_for_its_owner_only(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    await server.stop()
    for name in ("password", "nats.conf"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match="port"):
            await EmbeddedServer(tmp_path, port=taken.getsockname()[1]).start()


async def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="data directory") as caught:
        await EmbeddedServer(tmp_path / "file" / "nats").start()
    assert "STENTOR_DATA_DIR" in caught.value.detail


def test_every_write_is_synced_and_only_loopback_is_served(tmp_path: Path) -> None:
    text = configuration(tmp_path, port=4222, password="p")
    assert "sync_interval: always" in text
    assert 'listen: "127.0.0.1:4222"' in text
