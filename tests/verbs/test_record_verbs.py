"""`stentor record|transcript|brief` against a real stage door: what they print, what they leave behind."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kept_record import SOUND, put_record
from stage_door import OpenDoor, opened_door
from stentor.cli import app
from stentor.errors import Broken, NotFound, RemoteProblem

_LOGGED = re.compile(r"^20\d\d-\d\d-\d\d .*\n", re.MULTILINE)
"""A line of the door's own log: it runs beside the command in this process."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a command did."""

    exit_code: int
    output: str
    exception: BaseException | None


Stentor = Callable[..., Awaitable[Told]]


@pytest.fixture
async def door(nats_url: str, tmp_path: Path) -> AsyncIterator[OpenDoor]:
    async with opened_door(nats_url, tmp_path) as door:
        yield door


@pytest.fixture
def stentor(door: OpenDoor) -> Stentor:
    """The command line, in a thread beside the door."""
    port = door.url.rpartition(":")[2]
    environment = {"STENTOR_DATA_DIR": str(door.door.settings.data_dir), "STENTOR_BACKSTAGE_PORT": port}

    async def run(*arguments: object) -> Told:
        words = [*map(str, arguments)]
        done = await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)
        return Told(done.exit_code, _LOGGED.sub("", done.output), done.exception)

    return run


@pytest.fixture
async def ended(door: OpenDoor, space_id: str) -> str:
    """A Space with a record."""
    host = await door.space(space_id, state="on_air")
    await door.ask("POST", f"/api/spaces/{space_id}/state", json={"state": "ended"}, headers=host)
    await put_record(door.door.kept.of(space_id), door.door.recordings, space_id)
    return space_id


async def test_a_record_is_shown_published_kept_and_deleted(stentor: Stentor, ended: str) -> None:
    shown = (await stentor("record", "show", ended)).output
    assert "sound  made, 0:09" in shown
    assert "person maya  Maya" in shown
    assert "voices/maya.opus" in shown
    assert (await stentor("record", "unpublish", ended)).output == "  only hosts have it\n"
    assert "hosts only" in (await stentor("record", "show", ended)).output
    assert f"/s/{ended}" in (await stentor("record", "publish", ended)).output
    assert (await stentor("record", "formats", ended, "mp3")).output == "  mp3   running\n"
    assert "kept until 2031-05-04" in (await stentor("record", "keep", ended, "--until", "2031-05-04")).output
    assert (await stentor("record", "keep", ended)).output == "  kept for ever\n"
    removed = await stentor("record", "remove-person", ended, "maya")
    assert removed.output == "  maya is being removed\n"
    assert (await stentor("record", "keep-person", ended, "maya")).output == "  maya stays in it\n"
    asked = await stentor("record", "delete", ended)
    assert (asked.exit_code, "nothing is deleted" in asked.output) == (1, True)
    deleted = await stentor("record", "delete", ended, "--for-ever")
    assert (deleted.exit_code, "being deleted" in deleted.output) == (0, True)


async def test_everything_is_exported_with_its_hashes_and_only_once(
    stentor: Stentor, door: OpenDoor, ended: str, tmp_path: Path
) -> None:
    into = tmp_path / "export"
    assert (await stentor("record", "export", ended, into)).exit_code == 0
    sums = dict(line.split("  ")[::-1] for line in (into / "SHA256SUMS").read_text().splitlines())
    assert len(sums) == 6
    for name, sha256 in sums.items():
        assert hashlib.sha256((into / name).read_bytes()).hexdigest() == sha256
    assert (into / "recording.m4a").read_bytes() == SOUND
    # What is there and right is not asked for again; what was spoilt is.
    made_ns = (into / "recording.m4a").stat().st_mtime_ns
    (into / "voices" / "maya.opus").write_bytes(b"spoilt")
    await stentor("record", "export", ended, into)
    assert (into / "recording.m4a").stat().st_mtime_ns == made_ns
    assert (into / "voices" / "maya.opus").read_bytes() == b"OggS maya"
    # The shelf has something else than its list says: said, and nothing is left under the name.
    await door.door.kept.of(ended).put("recording.m4a", bytes(len(SOUND)))
    elsewhere = tmp_path / "elsewhere"
    refused = await stentor("record", "download", ended, elsewhere)
    assert isinstance(refused.exception, Broken)
    assert list(elsewhere.iterdir()) == []
    unknown = await stentor("record", "download", ended, elsewhere, "--file", "nothing.mp3")
    assert isinstance(unknown.exception, NotFound)


async def test_a_transcript_is_corrected_from_a_file(stentor: Stentor, ended: str, tmp_path: Path) -> None:
    shown = (await stentor("transcript", "show", ended)).output
    assert "machine transcript" in shown
    assert "0:04  Daniel: And who pays for that?" in shown
    text = (await stentor("transcript", "show", ended, "--to-edit")).output
    assert text.splitlines()[:2] == ["version 1", "[t1 maya] Buses cost the city 82 million a year."]
    file = tmp_path / "transcript.txt"
    file.write_text(text.replace("82", "28").replace("And who pays for that?", ""), encoding="utf-8")
    saved = await stentor("transcript", "edit", ended, file)
    assert saved.output == "  version 2 by Owner\n"
    shown = (await stentor("transcript", "show", ended)).output
    assert "28 million" in shown
    assert "Daniel" not in shown
    second = await stentor("transcript", "edit", ended, file)
    assert isinstance(second.exception, RemoteProblem)
    assert "was faster" in second.exception.detail
    versions = (await stentor("transcript", "versions", ended)).output.splitlines()
    assert [line.split()[0] for line in versions] == ["2", "1"]


async def test_a_brief_is_shown_and_asked_for_anew(stentor: Stentor, door: OpenDoor, ended: str) -> None:
    shown = (await stentor("brief", "show", ended)).output
    assert "A debate (machine made)" in shown
    assert "1. cost the city 82 million (Maya, 0:01)" in shown
    assert "worth checking" in shown
    assert (await stentor("brief", "again", ended)).exit_code == 0
    assert (await door.door.recordings.get(ended)).wishes.brief_asked == 1
