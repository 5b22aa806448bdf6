"""What the stage door keeps in memory of the shelf is what the recording's hashes name, and no more."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kept_record import put_record
from stentor.backstage.kept_records import KeptRecords
from stentor.errors import Full, ShelfAway
from stentor.limits import FILES_GIVEN_MAX
from stentor.log.bus import Bus
from stentor.log.state import RecordingStore
from stentor.record.recording import Made, Recording
from stentor.shelf import layout
from stentor.shelf.store import Shelf


async def test_a_list_is_read_once_and_again_when_its_hash_is_another(
    bus: Bus, tmp_path: Path, space_id: str
) -> None:
    kept = KeptRecords(Shelf.open(tmp_path / "shelf"))
    files = kept.of(space_id)
    recording = await put_record(files, await RecordingStore.open(bus), space_id)
    manifest, words = await kept.manifest(recording), await kept.words(recording)
    chapters = await kept.chapters(recording)
    assert manifest is not None
    assert words is not None
    assert [chapter.is_machine for chapter in chapters] == [True, True]
    for name in (layout.MANIFEST, layout.WORDS, layout.CHAPTERS):
        await files.remove(name)
    assert await kept.manifest(recording) is manifest
    assert await kept.chapters(recording) == chapters
    then = replace(manifest, edition=2)
    await files.put(layout.MANIFEST, then.as_bytes())
    changed = replace(recording, made=replace(recording.made, manifest_sha256=then.sha256))
    assert await kept.manifest(changed) == then


async def test_a_list_that_is_older_than_the_recording_says_is_not_remembered(
    bus: Bus, tmp_path: Path, space_id: str
) -> None:
    kept = KeptRecords(Shelf.open(tmp_path / "shelf"))
    recording = await put_record(kept.of(space_id), await RecordingStore.open(bus), space_id)
    ahead = replace(recording, made=replace(recording.made, manifest_sha256="f" * 64))
    before = await kept.manifest(ahead)
    assert before is not None
    await kept.of(space_id).put(layout.MANIFEST, replace(before, edition=2).as_bytes())
    now = await kept.manifest(ahead)
    assert now is not None
    assert now.edition == 2


async def test_of_a_record_that_is_not_there_nothing_is_told(tmp_path: Path) -> None:
    kept = KeptRecords(Shelf.open(tmp_path / "shelf"))
    gone = replace(Recording("demo"), made=replace(Recording("demo").made, manifest_sha256="f" * 64))
    assert await kept.manifest(gone) is None
    assert await kept.files(gone) == {}
    assert await kept.chapters(gone) == ()


def test_a_place_is_given_back_and_one_more_than_there_are_is_refused(tmp_path: Path) -> None:
    kept = KeptRecords(Shelf.open(tmp_path / "shelf"))
    held = [kept.giving() for _ in range(FILES_GIVEN_MAX)]
    for place in held:
        place.__enter__()
    with pytest.raises(Full), kept.giving():
        pass
    held[0].__exit__(None, None, None)
    with kept.giving():
        pass


async def test_a_shelf_that_does_not_answer_is_away_soon(tmp_path: Path, space_id: str) -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    key = tmp_path / "key"
    key.write_text("id\nsecret\n")
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        shelf = Shelf.open("s3://bucket/a", endpoint=f"http://127.0.0.1:{port}", key_file=key)
        kept = KeptRecords(shelf, wait_s=0.2)
        recording = Recording(space_id, made=Made(edition=1, manifest_sha256="a", words_sha256="b"))
        async with asyncio.timeout(5):
            with pytest.raises(ShelfAway):
                await kept.manifest(recording)
            with pytest.raises(ShelfAway):
                await kept.transcript(space_id, 1)
            with pytest.raises(ShelfAway):
                await kept.small(space_id, layout.WORDS)
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
