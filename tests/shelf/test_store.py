"""The shelf: whole files, once and for ever, of one Space each."""

import os
from pathlib import Path

import pytest

from stentor.errors import BadInput, CannotStart, Conflict, NotFound, ShelfAway
from stentor.shelf.manifest import FileKept, Manifest, PersonKept, Words
from stentor.shelf.store import Shelf, SpaceShelf


@pytest.fixture
def shelf(tmp_path: Path) -> SpaceShelf:
    return Shelf.open(tmp_path / "shelf").of("demo")


@pytest.fixture
def relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("data/shelf")


async def test_what_is_put_is_there(shelf: SpaceShelf, tmp_path: Path) -> None:
    kept = await shelf.put("recording.m4a", b"sound")
    assert kept.size_bytes == 5
    assert await shelf.get("recording.m4a") == b"sound"
    assert await shelf.read("recording.m4a", start=1, end=3) == b"ou"
    assert await shelf.read("recording.m4a", start=3, end=99) == b"nd"
    assert await shelf.read("recording.m4a", start=3, end=3) == b""


async def test_a_large_file_is_put_from_its_path(shelf: SpaceShelf, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(os.urandom(12 << 20))
    assert (await shelf.put("voices/maya.opus", source)).size_bytes == 12 << 20
    assert (
        await shelf.read("voices/maya.opus", start=7 << 20, end=(7 << 20) + 9)
        == (source.read_bytes()[7 << 20 : (7 << 20) + 9])
    )


async def test_a_version_is_written_once(shelf: SpaceShelf, tmp_path: Path) -> None:
    await shelf.put("transcript/1.json", b"first", is_new=True)
    with pytest.raises(Conflict):
        await shelf.put("transcript/1.json", b"second", is_new=True)
    assert await shelf.get("transcript/1.json") == b"first"
    await shelf.put("transcript/1.json", b"replaced")
    assert await shelf.get("transcript/1.json") == b"replaced"


async def test_names_are_those_of_the_space_alone(tmp_path: Path) -> None:
    shelf = Shelf.open(tmp_path)
    await shelf.of("demo").put("brief/2.json", b"{}")
    await shelf.of("demo").put("brief.md", b"#")
    await shelf.of("demo-2").put("brief.md", b"#")
    assert await shelf.of("demo").names() == ["brief.md", "brief/2.json"]
    assert await shelf.of("demo").names("brief/") == ["brief/2.json"]
    assert await shelf.of("empty").names() == []


async def test_a_space_leaves_nothing_behind(tmp_path: Path) -> None:
    shelf = Shelf.open(tmp_path)
    await shelf.of("demo").put("voices/maya.opus", b"o")
    await shelf.of("demo").put("brief.md", b"#")
    await shelf.of("demo-2").put("brief.md", b"#")
    (tmp_path / "demo" / "brief.md#1").write_bytes(b"what a kill left")
    assert await shelf.of("demo").remove("brief.md") == 1
    assert await shelf.of("demo").remove("brief.md") == 0
    assert await shelf.of("demo").remove() == 1
    assert [path.name for path in tmp_path.iterdir()] == ["demo-2"]
    assert await shelf.of("demo").remove() == 0


@pytest.mark.parametrize("name", ["../demo-2/brief.md", "/etc/passwd", "a/../b", "", "a//b", ".hidden", "é"])
async def test_a_strangers_name_leads_nowhere(shelf: SpaceShelf, name: str) -> None:
    with pytest.raises(NotFound):
        await shelf.get(name)


async def test_what_is_not_there_is_not_found(shelf: SpaceShelf) -> None:
    with pytest.raises(NotFound):
        await shelf.get("brief.md")
    with pytest.raises(NotFound):
        await shelf.read("brief.md", start=0, end=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="a full disk is mounted by root")
@pytest.mark.parametrize("small_disk", [1], indirect=True)
async def test_a_full_disk_says_so_and_keeps_the_file_before(small_disk: Path) -> None:
    shelf = Shelf.open(small_disk).of("demo")
    await shelf.put("recording.m4a", b"first")
    with pytest.raises(ShelfAway):
        await shelf.put("recording.m4a", bytes(2 << 20))
    assert await shelf.get("recording.m4a") == b"first"


async def test_a_relative_directory_is_meant_from_here(relative: Path) -> None:
    await Shelf.open(relative).of("demo").put("brief.md", b"#")
    assert (relative / "demo" / "brief.md").read_bytes() == b"#"


def test_what_is_no_space_and_no_shelf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Shelf.open(tmp_path).of("../other")
    for where in ("s3://", "ftp://host/x"):
        with pytest.raises(CannotStart):
            Shelf.open(where)
    (tmp_path / "key").write_text("one-line-only")
    with pytest.raises(CannotStart, match="two lines"):
        Shelf.open("s3://bucket", key_file=tmp_path / "key")


def test_the_lists_are_read_as_they_were_written() -> None:
    files = {"recording.m4a": FileKept(5, "a" * 64), "brief.md": FileKept(1, "b" * 64)}
    manifest = Manifest(
        space_id="demo",
        title="Débat",
        description="",
        language="fr",
        on_air_ms=1,
        ended_ms=2,
        edition=1,
        chunks=3,
        duration_ms=1920,
        people=(PersonKept("maya", "Maya", "host", voice_start_ms=640, voice_ms=1280),),
        files=files,
    )
    assert Manifest.from_bytes(manifest.as_bytes()) == manifest
    words = Words(transcript=2, brief=1, language="en", languages=("fr",), engine="tiny", files=files)
    assert Words.from_bytes(words.as_bytes()) == words
    assert words.sha256 == Words.from_bytes(words.as_bytes()).sha256
    for broken in (b"", b"[]", b"{}", manifest.as_bytes()[:-2]):
        with pytest.raises(BadInput):
            Manifest.from_bytes(broken)
        with pytest.raises(BadInput):
            Words.from_bytes(broken)
