"""`stentor line …` against a real stage door, `stentor listen` against a real front door."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_door import client, front_door
from stage_door import opened_door
from stentor.admission.line.line_clock import Doors
from stentor.admission.line.place import commitment_of
from stentor.cli import app
from stentor.errors import BadInput, RemoteProblem
from stentor.formats.chunk_reader import ChunkReader
from stentor.log.bus import Bus
from stentor.space.lifecycle import State
from synthetic_line import NOBODY, SEED, SyntheticLine
from synthetic_stage import SyntheticStage


async def test_a_host_holds_the_doors_and_limits_the_seats_from_a_terminal(
    nats_url: str, tmp_path: Path, space_id: str
) -> None:
    async with opened_door(nats_url, tmp_path) as door:
        await door.space(space_id)
        environment = {
            "STENTOR_DATA_DIR": str(door.door.settings.data_dir),
            "STENTOR_BACKSTAGE_PORT": door.url.rpartition(":")[2],
        }

        async def stentor(*words: str) -> str:
            done = await asyncio.to_thread(CliRunner().invoke, app, ["line", *words], env=environment)
            assert done.exit_code == 0, done.output
            return done.output

        assert "There is no line" in await stentor("show", space_id)
        assert "doors   held" in await stentor("hold", space_id)
        capped = await stentor("cap", space_id, "300")
        assert "doors   held" in capped
        assert "seats   300" in capped
        assert "seats   as many as there are" in await stentor("cap", space_id)
        assert "doors   open" in await stentor("open", space_id)
        assert "doors   auto" in await stentor("auto", space_id)


async def test_anybody_checks_a_clock_its_draw_and_a_place_from_a_terminal(
    nats_url: str, bus: Bus, tmp_path: Path, space_id: str
) -> None:
    await SyntheticStage.open(bus, space_id, state=State.ON_AIR, chunks=4)
    line = SyntheticLine(bus, space_id)
    async with front_door(nats_url, pages_dir=tmp_path) as base, client(base) as http:

        async def verify(*words: str) -> tuple[int, str]:
            every = ["line", "verify", f"{base}/s/{space_id}", *words]
            done = await asyncio.to_thread(CliRunner().invoke, app, every)
            return done.exit_code, done.output

        await line.tell(http, Doors.LOBBY)
        assert commitment_of(SEED) in (await verify())[1]
        await line.tell(http, Doors.HELD, called=NOBODY, arrivals=((0, 50),), admits_per_s=1.0, room=99)
        code, said = await verify("--ticket-id", "00" * 8, "--commitment", commitment_of(SEED))
        assert code == 0, said
        assert "is signed with the house's key" in said
        assert "is the one of the promise that you have noted" in said
        assert "The ticket stands in bucket 0 at" in said
        assert "are before it" in said
        code, said = await verify("--commitment", "ab" * 32)
        assert code == 1
        assert "another draw" in said


async def test_a_listener_in_a_terminal_writes_a_file_that_plays(
    nats_url: str, bus: Bus, tmp_path: Path, space_id: str
) -> None:
    await SyntheticStage.open(bus, space_id, chunks=40)
    file = tmp_path / "heard.mp4"
    async with front_door(nats_url, pages_dir=tmp_path) as base:

        async def listen(space: str) -> BaseException | None:
            words = ["listen", f"{base}/s/{space}", "--out", str(file), "--for", "1.28"]
            done = await asyncio.to_thread(CliRunner().invoke, app, words)
            return done.exception

        assert await listen(space_id) is None
        reader = ChunkReader()
        heard = list(reader.feed(await asyncio.to_thread(file.read_bytes)))
        assert (len(heard), heard[1].number - heard[0].number) == (2, 1)
        assert reader.init
        assert isinstance(await listen("nobody"), RemoteProblem)


def test_what_is_no_link_is_said_without_a_traceback() -> None:
    done = CliRunner().invoke(app, ["listen", "town-hall"])
    assert done.exit_code != 0


@pytest.mark.parametrize("seats", ["-1", "many"])
def test_a_number_of_seats_that_cannot_be_is_refused(seats: str) -> None:
    assert CliRunner().invoke(app, ["line", "cap", "demo", "--", seats]).exit_code == 2


@pytest.mark.parametrize("ticket_id", ["00", "00" * 9, "00 " * 8, "x" * 16])
def test_what_is_no_tickets_id_has_no_place(ticket_id: str) -> None:
    done = CliRunner().invoke(app, ["line", "verify", "http://127.0.0.1:9/s/x", "--ticket-id", ticket_id])
    assert isinstance(done.exception, BadInput)
