"""A deleted Space's folder: off the shelf once that cannot be undone, whoever still records."""

import asyncio
from pathlib import Path

from scribe.scribing import desk_in, scribing
from stentor.clock import SystemClock
from stentor.formats.cmaf import silence
from stentor.log.bus import Bus
from stentor.log.state import SpaceStore
from stentor.log.subjects import chunk_subject
from stentor.space.lifecycle import State
from stentor.space.record import Space
from stentor.space.rung import Codec, Rung

CLOCK = SystemClock()


async def recorded(bus: Bus, store: SpaceStore, space_id: str, *, state: State) -> Space:
    """A Space that was on the air, with a chunk in its log."""
    await bus.ensure_stream(space_id, age_s=3600)
    await bus.append(chunk_subject(space_id, Rung.OPUS32, 36), silence(36, Codec.OPUS))
    space = Space(space_id, "A debate", State.SCHEDULED, created_ms=CLOCK.wall_ms())
    space = space.moved(State.ON_AIR, wall_ms=CLOCK.wall_ms()).moved(state, wall_ms=CLOCK.wall_ms())
    await store.create(space)
    return space


async def until_off_shelf(store: SpaceStore, space_id: str) -> None:
    async with asyncio.timeout(15):
        async for space in store.watch(space_id):
            if space.is_off_shelf:
                return


async def test_a_deleted_spaces_recording_is_removed_while_it_is_still_being_written(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    store = await SpaceStore.open(bus)
    await recorded(bus, store, space_id, state=State.ENDED)
    folder, other = tmp_path / "recording" / space_id, tmp_path / "recording" / f"{space_id}-2"
    other.mkdir(parents=True)
    one, two = await desk_in(bus, tmp_path), await desk_in(bus, tmp_path, owner="two")
    async with scribing(one), scribing(two):
        async with asyncio.timeout(15):
            while not (folder / "programme.opus32.mp4").exists():
                await asyncio.sleep(0.02)
        await one.files(space_id).put("recording.m4a", b"as if it were sealed")
        await store.change(space_id, lambda s: s.moved(State.DELETED, wall_ms=CLOCK.wall_ms()))
        await until_off_shelf(store, space_id)
        assert not folder.exists()
        assert await one.files(space_id).names() == []
        assert other.exists()


async def test_a_deletion_that_is_undone_in_time_removes_nothing(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    store = await SpaceStore.open(bus)
    await recorded(bus, store, space_id, state=State.ENDED)
    folder = tmp_path / "recording" / space_id
    folder.mkdir(parents=True)
    async with scribing(await desk_in(bus, tmp_path)):
        now_ms = CLOCK.wall_ms()
        await store.change(space_id, lambda s: s.moved(State.DELETED, wall_ms=now_ms, undo_ms=400))
        await store.change(space_id, lambda s: s.moved(State.ENDED, wall_ms=CLOCK.wall_ms()))
        second = f"{space_id}-2"
        await store.create(Space(second, "Never held", State.SCHEDULED, created_ms=1))
        await store.change(second, lambda s: s.moved(State.DELETED, wall_ms=now_ms, undo_ms=800))
        # The later deletion is done; the earlier one, which was undone, is not.
        await until_off_shelf(store, second)
        assert folder.exists()
        assert not (await store.get(space_id)).is_off_shelf


async def test_a_space_that_was_made_again_under_its_name_is_recorded_anew(
    bus: Bus, space_id: str, tmp_path: Path
) -> None:
    store = await SpaceStore.open(bus)
    await recorded(bus, store, space_id, state=State.ENDED)
    async with scribing(await desk_in(bus, tmp_path)):
        await store.change(space_id, lambda s: s.moved(State.DELETED, wall_ms=CLOCK.wall_ms()))
        await until_off_shelf(store, space_id)
        await bus.history(space_id).remove()
        await store.delete(space_id)
        await recorded(bus, store, space_id, state=State.ON_AIR)
        async with asyncio.timeout(15):
            while not (tmp_path / "recording" / space_id / "programme.opus32.mp4").exists():
                await asyncio.sleep(0.02)
