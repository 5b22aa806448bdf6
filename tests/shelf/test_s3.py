"""The shelf in an S3-compatible store: a real server on a port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.scribing import desk_in, scribing, until
from stentor.errors import Conflict, NotFound, ShelfAway
from stentor.formats.programme_index import ProgrammeIndex
from stentor.log.bus import Bus
from stentor.shelf import layout
from stentor.shelf.manifest import Manifest
from stentor.shelf.store import Shelf
from stentor.space.lifecycle import State
from stentor.space.rung import Rung
from synthetic_stage import SyntheticStage, rung_chunk

KEY, SECRET = "stentor-test", "a-secret-of-the-tests"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server's address and its key file; it has the bucket `records`."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "data" / "records").mkdir(parents=True)
    key_file = folder / "key"
    key_file.write_text(f"{KEY}\n{SECRET}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).parent / "localbucket")
    server = subprocess.Popen(
        [program, str(folder / "data"), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", key_file
    finally:
        server.terminate()
        server.wait(10)


def shelf_at(store: tuple[str, Path], prefix: str = "house") -> Shelf:
    endpoint, key_file = store
    return Shelf.open(f"s3://records/{prefix}", endpoint=endpoint, key_file=key_file)


async def test_files_large_and_small_come_back_whole_and_by_ranges(
    store: tuple[str, Path], tmp_path: Path
) -> None:
    shelf = shelf_at(store).of("demo")
    source = tmp_path / "programme"
    source.write_bytes(os.urandom(11 << 20))
    kept = await shelf.put("programme.aac64.e1.mp4", source)
    assert kept.size_bytes == 11 << 20
    assert await shelf.put("manifest.json", b"{}") == await shelf.put("manifest.json", b"{}")
    assert await shelf.get("manifest.json") == b"{}"
    whole = source.read_bytes()
    assert (
        await shelf.read("programme.aac64.e1.mp4", start=6 << 20, end=(6 << 20) + 7)
        == (whole[6 << 20 : (6 << 20) + 7])
    )
    assert await shelf.read("programme.aac64.e1.mp4", start=(11 << 20) - 2, end=12 << 20) == whole[-2:]
    copy = tmp_path / "copy"
    await shelf.copy_to("programme.aac64.e1.mp4", copy)
    assert copy.read_bytes() == whole
    with pytest.raises(NotFound):
        await shelf.get("brief.md")
    with pytest.raises(NotFound):
        await shelf.copy_to("brief.md", copy)


async def test_a_version_is_written_once(store: tuple[str, Path]) -> None:
    shelf = shelf_at(store).of("versions")
    await shelf.put("transcript/1.json", b"first", is_new=True)
    with pytest.raises(Conflict):
        await shelf.put("transcript/1.json", b"second", is_new=True)
    assert await shelf.get("transcript/1.json") == b"first"


async def test_a_space_goes_alone(store: tuple[str, Path]) -> None:
    shelf = shelf_at(store, "going")
    for space_id in ("one", "one-2"):
        await shelf.of(space_id).put("brief.md", b"#")
        await shelf.of(space_id).put("voices/ada.opus", b"o")
    assert await shelf.of("one").names() == ["brief.md", "voices/ada.opus"]
    assert await shelf.of("one").names("voices/") == ["voices/ada.opus"]
    assert await shelf.of("one").remove() == 2
    assert await shelf.of("one").names() == []
    assert len(await shelf.of("one-2").names()) == 2


async def test_a_store_that_does_not_answer_is_the_shelf_being_away(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(f"{KEY}\n{SECRET}\n")
    shelf = Shelf.open("s3://records", endpoint="http://127.0.0.1:9", key_file=key_file)
    with pytest.raises(ShelfAway):
        await shelf.of("demo").put("brief.md", b"#")


async def test_a_space_is_sealed_into_the_store(
    store: tuple[str, Path], bus: Bus, space_id: str, tmp_path: Path
) -> None:
    desk = await desk_in(bus, tmp_path, shelf=shelf_at(store, "sealed"))
    stage = await SyntheticStage.open(bus, space_id, chunks=40)
    async with scribing(desk):
        await stage.move(State.ENDED)
        sealed = await until(desk, space_id, lambda r: r.made.has_all)
    manifest = Manifest.from_bytes(await desk.files(space_id).get(layout.MANIFEST))
    assert manifest.sha256 == sealed.made.manifest_sha256
    assert set(await desk.files(space_id).names()) == {layout.MANIFEST, *manifest.files}
    index = ProgrammeIndex.from_bytes(await desk.files(space_id).get("programme.opus32.e1.idx"))
    start, end = index.span(38, 39)
    found = await desk.files(space_id).read("programme.opus32.e1.mp4", start=start, end=end)
    assert found == rung_chunk(Rung.OPUS32, 38)
