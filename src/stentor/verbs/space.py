"""`stentor space …`: Spaces, their life, the links to them. Parses, calls, prints."""

import json
from datetime import datetime
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from stentor.client.asking import every
from stentor.client.models import Role, SpaceTold, State
from stentor.client.spaces import SpaceChanges
from stentor.client.stage_door import StageDoor
from stentor.verbs import people
from stentor.verbs.common import DataDir, SpaceId, as_ms, asked, console, new_key, told, when

app = typer.Typer(help="Make and lead Spaces on a running house.", no_args_is_help=True)

Title = Annotated[str, typer.Argument(help="What people will read.")]
Description = Annotated[str | None, typer.Option(help="What it is about, in plain text.")]
Starts = Annotated[datetime | None, typer.Option(help="When it is announced for, such as 2027-03-01T20:00.")]
Language = Annotated[str | None, typer.Option(help="What is spoken, such as en, fr or pt-BR.")]
Speakers = Annotated[int | None, typer.Option(help="How many may be on its stage.")]


@app.command("create")
def create(
    title: Title,
    space_id: Annotated[str | None, typer.Option("--id", help="The last part of the link.")] = None,
    description: Description = None,
    starts: Starts = None,
    private: Annotated[bool, typer.Option("--private", help="Only who has the link finds it.")] = False,
    speakers: Speakers = None,
    not_recorded: Annotated[bool, typer.Option("--not-recorded", help="Nothing of it is kept.")] = False,
    language: Language = None,
    data_dir: DataDir = None,
) -> None:
    """Make a Space; prints its links. The host's link is shown once."""

    async def work(door: StageDoor) -> SpaceTold:
        return await door.spaces.create(
            title,
            space_id=space_id,
            description=description,
            starts_ms=as_ms(starts),
            is_private=private or None,
            speakers_max=speakers,
            is_recorded=False if not_recorded else None,
            language=language,
            key=new_key(),
        )

    space = asked(data_dir, work)
    told(f"listen  {space.links.listen}")
    told(f"host    {space.links.host}")
    told(f"speaker stentor space invite {space.id} NAME")
    told(f"start   stentor space air {space.id}")


@app.command("list")
def list_spaces(
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    search: Annotated[str | None, typer.Option(help="Only those with these words.")] = None,
    data_dir: DataDir = None,
) -> None:
    """List the Spaces of this house, the newest first."""

    async def work(door: StageDoor) -> list[SpaceTold]:
        pages = every(lambda at: door.spaces.list(state=cast(State | None, state), q=search, cursor=at))
        return [space async for space in pages]

    shown = Table("id", "state", "title", box=None)
    for space in asked(data_dir, work):
        shown.add_row(space.id, space.state, escape(space.title))
    console.print(shown)


@app.command("show")
def show(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Say all about one Space."""
    space = asked(data_dir, lambda door: door.spaces.read(space_id))
    lines = {
        "title": escape(space.title),
        "state": space.state,
        "listen": space.links.listen,
        "made": when(space.created_ms),
        "starts": when(space.starts_ms),
        "on air": when(space.on_air_ms),
        "ended": when(space.ended_ms),
        "spoken": space.language,
        "kept": "recorded" if space.is_recorded else "not recorded",
    }
    for name, value in lines.items():
        told(f"{name:<7} {value}")
    if space.description:
        told(f"about   {escape(space.description)}")


@app.command("edit")
def edit(
    space_id: SpaceId,
    title: Annotated[str | None, typer.Option(help="What people will read.")] = None,
    description: Description = None,
    starts: Starts = None,
    private: Annotated[
        bool | None, typer.Option("--private/--public", help="Private: a new link, with a key.")
    ] = None,
    speakers: Speakers = None,
    recorded: Annotated[
        bool | None, typer.Option("--recorded/--not-recorded", help="Until it is on the air.")
    ] = None,
    language: Language = None,
    data_dir: DataDir = None,
) -> None:
    """Change what is named, nothing else."""
    named = {
        "title": title,
        "description": description,
        "starts_ms": as_ms(starts),
        "is_private": private,
        "speakers_max": speakers,
        "is_recorded": recorded,
        "language": language,
    }
    changes = cast(SpaceChanges, {name: value for name, value in named.items() if value is not None})
    space = asked(data_dir, lambda door: door.spaces.edit(space_id, **changes))
    told(f"listen  {space.links.listen}")


# ── its life ────────────────────────────────────────────────────────────────────────────────────────────


@app.command("state")
def move(
    space_id: SpaceId,
    state: Annotated[str, typer.Argument(help="scheduled, green_room, on_air, paused, ended.")],
    data_dir: DataDir = None,
) -> None:
    """Move a Space to any state that its state allows."""
    _moved(space_id, cast(State, state), data_dir)


@app.command("room")
def room(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Open the green room: people on stage hear each other, nobody else does."""
    _moved(space_id, "green_room", data_dir)


@app.command("air")
def air(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Go on the air, or on with it after a pause."""
    _moved(space_id, "on_air", data_dir)


@app.command("pause")
def pause(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Pause: listeners stay and hear silence."""
    _moved(space_id, "paused", data_dir)


@app.command("end")
def end(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """End it. Can be undone for some seconds; a large Space needs a second person's word."""
    _moved(space_id, "ended", data_dir)


@app.command("delete")
def delete(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Delete a Space with its recording. Can be undone for some seconds."""
    _say(asked(data_dir, lambda door: door.spaces.delete(space_id)))


@app.command("undo")
def undo(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Undo an end or a deletion, while that is possible."""

    async def work(door: StageDoor) -> SpaceTold:
        space = await door.spaces.read(space_id)
        if space.state == "deleted":
            return await door.spaces.move(space_id, "scheduled" if space.ended_ms is None else "ended")
        return await door.spaces.move(space_id, "on_air")

    _say(asked(data_dir, work))


def _moved(space_id: str, state: State, data_dir: DataDir) -> None:
    _say(asked(data_dir, lambda door: door.spaces.move(space_id, state)))


def _say(space: SpaceTold) -> None:
    told(f"{space.id} is {space.state}")
    if space.over_at_ms is not None:
        told(f"until {when(space.over_at_ms)}: stentor space undo {space.id}")
    if space.end_asked is not None:
        told("many are hearing it: somebody else must ask for its end within a minute")


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────


@app.command("invite")
def invite(
    space_id: SpaceId,
    name: Annotated[str, typer.Argument(help="The person's name on stage; of a shared link, its own.")],
    as_role: Annotated[str, typer.Option("--role", help="speaker, cohost, host or listener.")] = "speaker",
    uses: Annotated[int | None, typer.Option(help="A link for so many people, who give their names.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Lets nobody new in from then on.")] = None,
    source: Annotated[bool, typer.Option("--source", help="For an encoder or a file.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Invite a person to the stage; prints the link, once."""
    invitation = asked(
        data_dir,
        lambda door: door.invitations.create(
            space_id,
            cast(Role, as_role),
            name=name,
            uses_max=uses,
            expires_ms=as_ms(until),
            is_source=source or None,
            key=new_key(),
        ),
    )
    told(f"{escape(invitation.name)}  {invitation.link}")


@app.command("invitations")
def invitations(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """List the links of a Space, without the links."""
    shown = Table("id", "role", "name", "used", "until", box=None)

    async def work(door: StageDoor) -> None:
        async for i in every(lambda cursor: door.invitations.list(space_id, cursor=cursor)):
            until = "revoked" if i.is_revoked else when(i.expires_ms)
            shown.add_row(i.id, i.role, escape(i.name), f"{i.uses}/{i.uses_max}", until)

    asked(data_dir, work)
    console.print(shown)


@app.command("revoke")
def revoke(
    space_id: SpaceId,
    invitation_id: Annotated[str, typer.Argument(help="As `invitations` lists it.", metavar="INVITATION")],
    data_dir: DataDir = None,
) -> None:
    """End a link; who came by it leaves the stage."""
    asked(data_dir, lambda door: door.invitations.revoke(space_id, invitation_id))


# ── what happened and happens ───────────────────────────────────────────────────────────────────────────


@app.command("events")
def events(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Print what was done in this Space and by whom, the oldest first."""

    async def work(door: StageDoor) -> None:
        async for event in every(lambda cursor: door.spaces.events(space_id, limit=200, cursor=cursor)):
            facts = " ".join(f"{name}={value}" for name, value in event.facts.items())
            told(escape(f"{when(event.at_ms)}  {event.kind:<12} {event.by or '–'}  {facts}"))

    asked(data_dir, work)


@app.command("follow")
def follow(
    space_id: SpaceId,
    most: Annotated[int | None, typer.Option("--count", help="Stop after so many.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print what happens in a Space as lines of JSON, until Ctrl-C."""

    async def work(door: StageDoor) -> None:
        count = 0
        async for news in door.live.of_space(space_id):
            line = json.dumps({"kind": news.kind, "data": news.data}, ensure_ascii=False)
            console.print(line, highlight=False, markup=False, soft_wrap=True)
            count += 1
            if count == most:
                return

    asked(data_dir, work)


app.command("new", hidden=True)(create)
people.add_to(app)
