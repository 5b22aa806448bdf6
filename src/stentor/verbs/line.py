"""`stentor line …`: who waits to come in, and the doors. Parses, calls, prints."""

import asyncio
import re
from typing import Annotated, Final

import typer

from stentor.admission.token import EFFORT_MAX, Ticket
from stentor.client.line import LineChanges
from stentor.client.models import DoorsTold
from stentor.client.verifying import findings
from stentor.errors import BadInput
from stentor.verbs.common import DataDir, SpaceId, asked, told

_TICKET_ID: Final = re.compile("[0-9a-fA-F]{16}")

app = typer.Typer(help="Look at a Space's line, hold and open its doors.", no_args_is_help=True)


@app.command("show")
def show(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Say who waits, who is in, and why."""
    _say(asked(data_dir, lambda door: door.line.read(space_id)))


@app.command("hold")
def hold(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Let nobody new in; who is in stays, who comes gets a place in the line."""
    _change(space_id, {"doors": "held"}, data_dir)


@app.command("open")
def open_doors(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Let everybody in for whom an edge has a seat; nobody gets a place in the line."""
    _change(space_id, {"doors": "open"}, data_dir)


@app.command("auto")
def auto(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Leave the doors to the line."""
    _change(space_id, {"doors": "auto"}, data_dir)


@app.command("cap")
def cap(
    space_id: SpaceId,
    seats: Annotated[int | None, typer.Argument(min=0, help="Listeners at a time; none: no limit.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Limit the listeners of this Space, on all edges together."""
    _change(space_id, {"listeners_max": seats}, data_dir)


@app.command("verify")
def verify(
    url: Annotated[str, typer.Argument(help="The listeners' link, such as https://example.org/s/town-hall.")],
    ticket_id: Annotated[str | None, typer.Option(help="A ticket's id: 16 hexadecimal digits.")] = None,
    bucket: Annotated[int, typer.Option(min=0, help="Its bucket.")] = 0,
    effort: Annotated[int, typer.Option(min=0, max=EFFORT_MAX, help="What its holder has worked.")] = 0,
    commitment: Annotated[
        str, typer.Option(help="What the house had promised before its doors opened.")
    ] = "",
) -> None:
    """Check the clock's signature, the draw and a ticket's place, for anybody's house."""
    if ticket_id is not None and _TICKET_ID.fullmatch(ticket_id) is None:
        raise BadInput(f"{ticket_id!r} is no ticket's id; it has 16 hexadecimal digits.")
    ticket = None if ticket_id is None else Ticket(0, bytes.fromhex(ticket_id), bucket, effort)
    found = asyncio.run(findings(url, ticket=ticket, commitment=commitment))
    for finding in found:
        told(finding.words)
    if not all(finding.holds for finding in found):
        raise typer.Exit(1)


def _change(space_id: str, changes: LineChanges, data_dir: DataDir) -> None:
    _say(asked(data_dir, lambda door: door.line.edit(space_id, **changes)))


def _say(line: DoorsTold) -> None:
    told(line.words)
    told(f"doors   {line.doors}")
    told(f"seats   {'as many as there are' if line.listeners_max is None else line.listeners_max}")
    if line.now is None:
        return
    now = line.now
    told(f"now     {now.waiting} wait, {now.admitted} in, {now.room} free")
    told(f"pace    {now.admits_per_s:g} in and {now.leaves_per_s:g} out per second")
    told(f"draw    {now.commitment}")
    if now.seed is not None:
        told(f"seed    {now.seed}")
