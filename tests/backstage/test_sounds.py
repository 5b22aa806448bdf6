"""The sounds of a Space: as many as it says, on the disk and on their way."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stentor.backstage.sounds import Sounds
from stentor.errors import Full, WrongType
from stentor.limits import SOUNDS_PER_SPACE_MAX

NOW_MS = 1_800_000_000_000


async def body(*, until: asyncio.Event | None = None, head: bytes = b"OggS") -> AsyncIterator[bytes]:
    yield head + bytes(100)
    if until is not None:
        await until.wait()


async def test_sounds_that_are_on_their_way_hold_their_places(tmp_path: Path) -> None:
    sounds, whole = Sounds(tmp_path, "demo"), asyncio.Event()
    now_ms = 1000 * round(tmp_path.stat().st_mtime)
    coming = [
        asyncio.create_task(sounds.add(f"{n}", body(until=whole), at_ms=now_ms))
        for n in range(SOUNDS_PER_SPACE_MAX)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Full):
        await sounds.add("one more", body(), at_ms=now_ms)
    whole.set()
    assert {sound.name for sound in await asyncio.gather(*coming)} == {sound.name for sound in sounds.all()}
    with pytest.raises(Full):
        await sounds.add("one more", body(), at_ms=now_ms)
    sounds.remove(sounds.all()[0].id)
    assert (await sounds.add("one more", body(), at_ms=now_ms)).name == "one more"


async def test_what_a_killed_door_has_left_half_done_holds_no_place(tmp_path: Path) -> None:
    sounds, folder = Sounds(tmp_path, "demo"), tmp_path / "demo"
    folder.mkdir()
    for n in range(SOUNDS_PER_SPACE_MAX):
        part = folder / f"{n}.part"
        part.write_bytes(b"OggS")
        os.utime(part, (NOW_MS / 1000 - 601,) * 2)
    await sounds.add("a jingle", body(), at_ms=NOW_MS)
    assert [sound.name for sound in sounds.all()] == ["a jingle"]
    assert list(folder.glob("*.part")) == []


async def test_what_is_no_sound_leaves_nothing_behind(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path, "demo")
    with pytest.raises(WrongType):
        await sounds.add("a page", body(head=b"<htm"), at_ms=NOW_MS)
    assert list((tmp_path / "demo").iterdir()) == []
