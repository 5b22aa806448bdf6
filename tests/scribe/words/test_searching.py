"""The search answers over NATS, and knows what may be found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kept_record import put_record
from stentor.clock import SystemClock
from stentor.errors import NoAnswer, RemoteProblem
from stentor.log.bus import Bus
from stentor.log.state import RecordingStore, SpaceStore
from stentor.process import end_tasks
from stentor.record.recording import Made, Recording, Wishes
from stentor.scribe.words.searching import SUBJECT, Searching, stamp_of
from stentor.shelf.store import Shelf
from stentor.space.lifecycle import State
from stentor.space.record import Space

SPACE = Space("a", "Buses", State.ENDED, created_ms=0)
SEALED = Recording("a", made=Made(edition=1, transcript=1, words_sha256="w"))


@pytest.mark.parametrize(
    ("space", "recording", "stamp"),
    [
        (SPACE, SEALED, "w"),
        (None, SEALED, None),
        (replace(SPACE, state=State.DELETED), SEALED, None),
        (SPACE, replace(SEALED, wishes=Wishes(is_published=False)), None),
        (SPACE, replace(SEALED, wishes=Wishes(is_unwanted=True)), None),
        (SPACE, replace(SEALED, wishes=Wishes(removed=("maya",))), None),
        (SPACE, replace(SEALED, made=Made(edition=1, words_sha256="w")), None),
        (SPACE, Recording("a"), None),
    ],
)
def test_only_what_listeners_may_read_is_searched(
    space: Space | None, recording: Recording, stamp: str | None
) -> None:
    assert stamp_of(space, recording) == stamp


@asynccontextmanager
async def searching(bus: Bus, tmp_path: Path) -> AsyncIterator[Shelf]:
    shelf = Shelf.open(tmp_path / "shelf")
    part = Searching(
        bus,
        await SpaceStore.open(bus),
        await RecordingStore.open(bus),
        shelf,
        SystemClock(),
        tmp_path / "search.sqlite",
    )
    task = asyncio.create_task(part.run())
    try:
        yield shelf
    finally:
        await end_tasks(task)


async def hits(bus: Bus, **question: Any) -> list[dict[str, Any]]:
    asked = {"q": "82 million", "spaces": None, "limit": 10} | question
    answer = await bus.request(SUBJECT, asked, timeout_s=2)
    found: list[dict[str, Any]] = answer["items"]
    return found


async def until(bus: Bus, count: int, **question: Any) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while True:
            try:
                found = await hits(bus, **question)
            except NoAnswer:
                found = []
            if len(found) == count:
                return found
            await asyncio.sleep(0.02)


async def test_a_transcript_is_found_while_it_is_given_out(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    spaces, recordings = await SpaceStore.open(bus), await RecordingStore.open(bus)
    await spaces.create(replace(SPACE, id=space_id))
    async with searching(bus, tmp_path) as shelf:
        await put_record(shelf.of(space_id), recordings, space_id)
        (hit,) = await until(bus, 1)
        assert hit == {
            "space": space_id,
            "title": "Buses",
            "turn": "t1",
            "person": "maya",
            "name": "Maya",
            "start_ms": 1_800,
            "text": "Buses cost the city 82 million a year.",
            "marks": [[20, 22], [23, 30]],
            "is_machine": True,
        }
        assert await hits(bus, spaces=["elsewhere"]) == []

        await spaces.change(space_id, lambda space: replace(space, listen_key="key"))
        await until(bus, 0)  # private: only by its name
        assert len(await hits(bus, spaces=[space_id])) == 1
        assert await hits(bus, spaces=[space_id], is_public=True) == []
        await spaces.change(space_id, lambda space: replace(space, listen_key=None))

        await recordings.change(space_id, lambda r: r.wished(is_published=False))
        await until(bus, 0, spaces=[space_id])
        await recordings.change(space_id, lambda r: r.wished(is_published=True))
        await until(bus, 1)
        await recordings.change(space_id, lambda r: r.without(["maya"]))
        await until(bus, 0)
        for wrong in ({"q": 1}, {"q": "x" * 201}, {"limit": 51}, {"limit": 0}, {"spaces": "all"}):
            with pytest.raises(RemoteProblem):
                await hits(bus, **wrong)

    await recordings.change(space_id, lambda r: r.with_again("maya"))
    (tmp_path / "search.sqlite").write_bytes(b"nothing of an index" * 1000)
    async with searching(bus, tmp_path):
        await until(bus, 1)  # from the shelf
        await spaces.change(space_id, lambda space: replace(space, state=State.DELETED))
        await until(bus, 0, spaces=[space_id])


async def test_an_index_that_breaks_while_it_runs_is_made_anew(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    spaces, recordings = await SpaceStore.open(bus), await RecordingStore.open(bus)
    await spaces.create(replace(SPACE, id=space_id))
    async with searching(bus, tmp_path) as shelf:
        await put_record(shelf.of(space_id), recordings, space_id)
        await until(bus, 1, spaces=[space_id])
        path = tmp_path / "search.sqlite"
        path.write_bytes(b"\x00" * path.stat().st_size)
        await recordings.change(space_id, lambda r: r.wished(is_published=False))  # it is written again
        await recordings.change(space_id, lambda r: r.wished(is_published=True))
        async with asyncio.timeout(10):
            while await hit_count(bus, space_id) != 1:
                await asyncio.sleep(0.02)


async def hit_count(bus: Bus, space_id: str) -> int:
    """How many hits; what is refused meanwhile is «not yet»."""
    try:
        return len(await hits(bus, spaces=[space_id]))
    except RemoteProblem as error:
        if error.answer_status != 503:
            raise
        return 0
