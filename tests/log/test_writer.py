import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stentor.log.bus import Bus, connected
from stentor.log.server import EmbeddedServer
from stentor.log.subjects import tick_subject
from stentor.log.writer import LogWriter


@asynccontextmanager
async def running(writer: LogWriter) -> AsyncIterator[None]:
    task = asyncio.create_task(writer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_appended_is_in_the_log(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    writer = LogWriter(bus, tmp_path, spool_bytes_max=1 << 20)
    async with running(writer):
        for number in range(200):
            writer.append(tick_subject(space_id, number), b"%d" % number)
        assert await writer.drained(timeout_s=10)
    assert [await bus.fetch(space_id, tick_subject(space_id, n)) for n in (0, 99, 199)] == [
        b"0",
        b"99",
        b"199",
    ]
    assert writer.acknowledged_count == 200
    assert list(tmp_path.iterdir()) == []


async def test_a_killed_writer_leaves_its_rest_to_the_next(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    first = LogWriter(bus, tmp_path, spool_bytes_max=1 << 20)
    for number in range(20):
        first.append(tick_subject(space_id, number), b"%d" % number)
    # Half of it had reached the log when the process died; the answers had not come back.
    for number in range(10):
        await bus.append(tick_subject(space_id, number), b"%d" % number)
    second = LogWriter(bus, tmp_path, spool_bytes_max=1 << 20)
    assert second.pending_count == 20
    async with running(second):
        assert await second.drained(timeout_s=10)
    assert second.duplicate_count == 10
    assert await bus.fetch(space_id, tick_subject(space_id, 19)) == b"19"


async def test_nothing_is_lost_while_the_server_is_killed_and_started_again(
    space_id: str, tmp_path: Path
) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    try:
        async with connected(server.url, name="test") as bus:
            await bus.ensure_stream(space_id, age_s=3600)
            writer = LogWriter(bus, tmp_path / "spool", spool_bytes_max=1 << 20)
            async with running(writer):
                for number in range(300):
                    writer.append(tick_subject(space_id, number), b"%d" % number)
                    if number == 100:
                        assert await writer.drained(timeout_s=10)
                        await server.kill()
                    if number == 200:
                        assert writer.pending_count == 100
                        await server.start()
                assert await writer.drained(timeout_s=20)
            assert writer.lost_count == 0
            found = [await bus.fetch(space_id, tick_subject(space_id, n)) for n in range(300)]
            assert found == [b"%d" % n for n in range(300)]
    finally:
        await server.stop()


async def test_a_full_disk_is_survived_in_memory(bus: Bus, space_id: str, tmp_path: Path) -> None:
    await bus.ensure_stream(space_id, age_s=3600)
    writer = LogWriter(bus, tmp_path / "spool", spool_bytes_max=1 << 20)
    (tmp_path / "spool").rmdir()  # the first rotation will fail as on a full or vanished disk
    async with running(writer):
        for number in range(50):
            writer.append(tick_subject(space_id, number), b"%d" % number)
        assert await writer.drained(timeout_s=10)
    assert await bus.fetch(space_id, tick_subject(space_id, 49)) == b"49"


async def test_live_goes_on_while_nothing_is_acknowledged(bus: Bus, space_id: str, tmp_path: Path) -> None:
    """No stream takes the messages, as in an election or on a full disk: readers hear all the same."""
    heard: list[int] = []
    enough = asyncio.Event()

    def hear(subject: str, _payload: bytes) -> None:
        number = int(subject.rpartition(".")[2])
        if number not in heard:
            heard.append(number)
        if len(heard) >= 300:
            enough.set()

    listening = await bus.subscribe(f"space.{space_id}.tick.*", hear, pending_max=1000)
    writer = LogWriter(bus, tmp_path, spool_bytes_max=1 << 20)
    async with running(writer):
        for number in range(300):
            writer.append(tick_subject(space_id, number), b"x")
        await asyncio.wait_for(enough.wait(), 10)
        assert writer.pending_count == 300
        # The stream is there again: everything is kept in the end.
        await bus.ensure_stream(space_id, age_s=3600)
        assert await writer.drained(timeout_s=20)
    assert heard == list(range(300))
    assert await bus.fetch(space_id, tick_subject(space_id, 299)) == b"x"
    await listening.close()
