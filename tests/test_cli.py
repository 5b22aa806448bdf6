"""The verbs as real commands: what they print, and that an error is one sentence and an exit code."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_process import edge_process
from house.house import free_port
from listeners import all_hear, listening
from stentor import __version__
from stentor.client.local import until_ready
from stentor.formats.count_log import FIRST, line
from stentor.log.bus import Bus
from stentor.log.server import EmbeddedServer
from stentor.rehearsal.listener_client import ListenerClient
from stentor.settings_table import table
from synthetic_stage import SyntheticStage

EXIT_ERROR = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The error, which must be one line and no traceback."""
        assert self.code == EXIT_ERROR
        assert self.out == ""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


async def stentor(*arguments: object, **settings: object) -> Told:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor", *map(str, arguments)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        env=environment(**settings),
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Told(process.returncode, out.decode(), err.decode())


def environment(**settings: object) -> dict[str, str]:
    named = {f"STENTOR_{name.upper()}": str(value) for name, value in settings.items()}
    return {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **named}


# ── the house ───────────────────────────────────────────────────────────────────────────────────────────


async def test_it_says_its_version_and_its_verbs() -> None:
    version, verbs = await asyncio.gather(stentor("version"), stentor("--help"))
    assert (version.code, version.out) == (0, f"{__version__}\n")
    assert verbs.code == 0
    for verb in ("serve", "demo", "doctor", "settings", "role", "space", "edge", "counts"):
        assert re.search(rf"\b{verb}\b", verbs.out)


async def test_it_shows_every_setting_as_a_table_and_as_files(tmp_path: Path) -> None:
    shown, markdown, toml = await asyncio.gather(
        stentor("settings"), stentor("settings", "--markdown"), stentor("settings", "--toml")
    )
    root = Path(__file__).parent.parent
    assert markdown.out == (root / "docs" / "SETTINGS.md").read_text()
    assert toml.out == (root / "deploy" / "stentor.toml").read_text()
    assert all(row.name in shown.out for row in table())


async def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    ports = {"edge_port": free_port(), "backstage_port": free_port()}
    well, ill = await asyncio.gather(
        stentor("doctor", "--data-dir", tmp_path / "data", **ports),
        stentor("doctor", "--data-dir", file / "data", **ports),
    )
    assert well.code == 0
    assert ill.code == EXIT_ERROR
    assert "→" in ill.out


async def test_a_setting_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    told = await stentor("space", "list", edge_port=99_999)
    assert told.sentence.startswith("stentor: The setting edge_port")


@pytest.mark.parametrize(
    ("arguments", "words"), [(("edges",), "none of backstage"), (("edge",), "--nats or STENTOR_NATS_URL")]
)
async def test_a_role_that_cannot_run_says_why(arguments: tuple[str, ...], words: str) -> None:
    told = await stentor("role", *arguments)
    assert told.code == EXIT_ERROR
    assert words in " ".join(told.err.split())


# ── Spaces ──────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def backstage(nats_url: str, data_dir: Path) -> AsyncIterator[dict[str, object]]:
    """`stentor role backstage`; gives the settings of a command that reaches it."""
    settings: dict[str, object] = {"data_dir": data_dir, "backstage_port": free_port()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stentor", "role", "backstage", "--nats", nats_url),
        stdin=DEVNULL,
        stderr=DEVNULL,
        env=environment(**settings),
    )
    try:
        await until_ready(f"http://127.0.0.1:{settings['backstage_port']}", timeout_s=20)
        yield settings
    finally:
        process.terminate()
        assert await process.wait() == 0


async def test_a_space_is_made_led_and_invited_to(nats_url: str, data_dir: Path, space_id: str) -> None:
    async with backstage(nats_url, data_dir) as house:
        made = await stentor("space", "new", "A [bold] talk", "--id", space_id, **house)
        assert made.code == 0
        assert f"/s/{space_id}\n" in made.out
        assert f"stentor space air {space_id}" in made.out
        host = re.search(r"host +(\S+/i/\S+)", made.out)
        assert host is not None
        invited, moved, again = await asyncio.gather(
            stentor("space", "invite", space_id, "Maya [x]", "--role", "cohost", **house),
            stentor("space", "state", space_id, "green_room", **house),
            stentor("space", "new", "Another", "--id", space_id, **house),
        )
        assert re.match(r"  Maya \[x\]  \S+/i/\S+\n$", invited.out)
        assert host.group(1) not in invited.out
        assert moved.out == f"  {space_id} is green_room\n"
        assert space_id in again.sentence
        listed, wrong, nowhere = await asyncio.gather(
            stentor("space", "list", **house),
            stentor("space", "state", space_id, "loud", **house),
            stentor("space", "state", "no-such-space", "on_air", **house),
        )
        assert re.search(rf"{space_id} +green_room +A \[bold\] talk", listed.out)
        assert wrong.sentence.startswith("stentor: ")
        assert "no-such-space" in nowhere.sentence


async def test_a_space_is_led_and_its_people_are_moved(nats_url: str, data_dir: Path, space_id: str) -> None:
    async with backstage(nats_url, data_dir) as house:
        about = ("--description", "A [talk]", "--speakers", "5", "--starts", "2037-03-01T20:00")
        made = await stentor("space", "create", "Town hall", "--id", space_id, *about, **house)
        assert made.code == 0, made.err
        await stentor("space", "invite", space_id, "Maya", **house)
        edited, shown, people, locked, nobody = await asyncio.gather(
            stentor("space", "edit", space_id, "--private", **house),
            stentor("space", "show", space_id, **house),
            stentor("space", "people", space_id, **house),
            stentor("space", "mute", space_id, "maya", "--lock", **house),
            stentor("space", "remove", space_id, "Daniel", **house),
        )
        assert re.search(rf"listen  \S+/s/{space_id}\.\w+\n", edited.out)
        assert "about   A [talk]" in shown.out
        assert "2037-03-01 20:00:00" in shown.out
        assert re.search(r"host +Host", people.out)
        assert re.search(r"speaker +Maya +locked", locked.out)
        assert "Nobody here is called 'Daniel'" in nobody.sentence
        aired, asked = await asyncio.gather(
            stentor("space", "air", space_id, **house), stentor("space", "questions", space_id, **house)
        )
        assert (aired.out, "questions are open" in asked.out) == (f"  {space_id} is on_air\n", True)
        followed, ended = await asyncio.gather(
            stentor("space", "follow", space_id, "--count", "1", **house),
            stentor("space", "end", space_id, **house),
        )
        assert json.loads(followed.out)["kind"] == "state"
        assert ended.out.startswith(f"  {space_id} is ending\n  until ")
        undone = await stentor("space", "undo", space_id, **house)
        assert undone.out == f"  {space_id} is on_air\n"
        told = await stentor("space", "events", space_id, **house)
        kinds = re.findall(r"\d  (\w+)", told.out)
        assert kinds[0] == "created"
        assert {"invited", "locked", "state"} <= set(kinds)


async def test_webhooks_are_added_listed_and_removed(nats_url: str, data_dir: Path) -> None:
    async with backstage(nats_url, data_dir) as house:
        added, wrong = await asyncio.gather(
            stentor("webhook", "add", "https://example.invalid/", "--event", "space.ended", **house),
            stentor("webhook", "add", "http://10.0.0.1/", **house),
        )
        assert "https" in wrong.sentence
        found = re.fullmatch(r"  (\w+)  whsec_\S+\n", added.out)
        assert found is not None, added.err
        hook = found.group(1)
        off = await stentor("webhook", "off", hook, **house)
        listed, log = await asyncio.gather(
            stentor("webhook", "list", **house), stentor("webhook", "log", hook, **house)
        )
        assert (off.code, log.code) == (0, 0)
        assert re.search(rf"{hook} +https://example.invalid/ +all +space.ended +off: ", listed.out)
        removed = await stentor("webhook", "remove", hook, **house)
        again = await stentor("webhook", "remove", hook, **house)
        assert (removed.code, hook in again.sentence) == (0, True)


async def test_without_a_house_the_verbs_of_spaces_say_so(tmp_path: Path) -> None:
    told = await stentor("space", "list", "--data-dir", tmp_path / "nothing")
    assert "nothing" in told.sentence


# ── edges ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_edges_are_listed_and_their_ladders_moved(
    nats_url: str, bus: Bus, space_id: str, tmp_path: Path
) -> None:
    stage = await SyntheticStage.open(bus, space_id)
    async with edge_process(nats_url, tmp_path / "edge", fanouts=1) as edge, stage.live():
        clients = [ListenerClient([edge.url], space_id) for _ in range(3)]
        async with listening(*clients):
            await all_hear(clients, 2)
            listed = await stentor("edge", "list", "--nats", nats_url)
            row = re.search(r"^ *(\S+) +3 +3 +high +1 *$", listed.out, re.MULTILINE)
            assert row is not None, listed
            ladder = ("edge", "ladder", row.group(1), "--nats", nats_url)
            forced = await stentor(
                *ladder, "--rung", "low", "--cadence", "2", "--extras", "off", "--door", "held"
            )
            assert forced.out == (
                "  rung     low (forced)\n  cadence  2 (forced)\n"
                "  extras   off (forced)\n  door     held (forced)\n"
            )
            asked, wrong = await asyncio.gather(stentor(*ladder), stentor(*ladder, "--cadence", "3"))
            assert asked.out == forced.out
            assert "must be 1, 2, 4 or auto" in wrong.sentence
            half = await stentor(*ladder, "--cadence", "auto", "--extras", "auto", "--door", "auto")
            assert half.out == (
                "  rung     low (forced)\n  cadence  1 (automatic)\n"
                "  extras   on (automatic)\n  door     open (automatic)\n"
            )
        assert [client.faults for client in clients] == [[]] * 3


async def test_orders_to_nobody_are_one_sentence(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    try:
        empty, nobody, alone = await asyncio.gather(
            stentor("edge", "list", "--data-dir", tmp_path),
            stentor("edge", "ladder", "ghost", "--rung", "low", "--data-dir", tmp_path),
            stentor("edge", "list", "--data-dir", tmp_path / "other"),
        )
    finally:
        await server.stop()
    assert (empty.code, len(empty.out.splitlines())) == (0, 1)
    assert "ghost" in nobody.sentence
    assert "no NATS server is named" in alone.sentence


# ── the count log ───────────────────────────────────────────────────────────────────────────────────────


def count_log(path: Path) -> list[bytes]:
    prev, lines = FIRST, []
    for second in range(5):
        data, prev = line(prev=prev, at_ms=1000 * second, figures={"hearing": second, "rung": "high"})
        lines.append(data)
    path.write_bytes(b"".join(lines))
    return lines


async def test_a_count_log_is_verified_and_a_changed_one_is_not(tmp_path: Path) -> None:
    whole, changed, cut, empty = (tmp_path / name for name in ("whole", "changed", "cut", "empty"))
    lines = count_log(whole)
    changed.write_bytes(b"".join([*lines[:2], lines[2].replace(b'"hearing":2', b'"hearing":9'), *lines[3:]]))
    cut.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    empty.write_bytes(b"")
    good, *bad = await asyncio.gather(
        *(stentor("counts", "verify", file) for file in (whole, changed, cut, empty))
    )
    assert (good.code, good.out.splitlines()[0]) == (0, "  5 lines, whole")
    assert re.search(r"last hash [0-9a-f]{64}\n$", good.out)
    words = ("Line 3: ", "Line 3 does not follow", "no line")
    for told, expected in zip(bad, words, strict=True):
        assert expected in told.sentence
    missing = await stentor("counts", "verify", tmp_path / "missing")
    assert missing.code == EXIT_ERROR
