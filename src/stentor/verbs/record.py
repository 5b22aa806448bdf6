"""`stentor record …`: what is kept of a Space, who hears it, what is made of it. Parses, calls, prints."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from stentor.client.record import FileFormat
from stentor.client.record_models import FileTold, RecordTold
from stentor.client.saving import save, save_all
from stentor.client.stage_door import StageDoor
from stentor.errors import NotFound
from stentor.verbs.common import DataDir, SpaceId, as_ms, asked, clock, console, told, when

app = typer.Typer(help="What is left of a Space: its recording and what is made of it.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="As `record show` lists them.", metavar="PERSON")]
Into = Annotated[Path, typer.Argument(help="A folder; it is made.", metavar="FOLDER")]


@app.command("show")
def show(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Say how far the record is, who is in it, and list its files."""
    _show(asked(data_dir, lambda door: door.record.read(space_id)))


@app.command("download")
def download(
    space_id: SpaceId,
    into: Into = Path(),
    name: Annotated[str, typer.Option("--file", help="As `record show` lists it.")] = "recording.m4a",
    data_dir: DataDir = None,
) -> None:
    """Fetch one file and check that it came whole."""

    async def work(door: StageDoor) -> Path:
        record = await door.record.read(space_id)
        return await save(door.record, _file(record, name), into)

    told(str(asked(data_dir, work)))


@app.command("export")
def export(space_id: SpaceId, into: Into, data_dir: DataDir = None) -> None:
    """Fetch every file, each checked by its hash; again fetches only what is missing or has changed."""

    async def work(door: StageDoor) -> None:
        record = await door.record.read(space_id)
        if not record.files:
            raise NotFound(f"The record of {space_id!r} has no files yet; `record show` says how far it is.")
        await save_all(door.record, record.files, into, on_saved=lambda path: told(escape(str(path))))

    asked(data_dir, work)
    told(f"checked: {into / 'SHA256SUMS'}")


@app.command("formats")
def formats(
    space_id: SpaceId,
    wanted: Annotated[str | None, typer.Argument(help="mp3 or opus.", metavar="FORMAT")] = None,
    data_dir: DataDir = None,
) -> None:
    """List the downloads beside recording.m4a, or ask for one more."""

    async def work(door: StageDoor) -> RecordTold:
        if wanted is None:
            return await door.record.read(space_id)
        return await door.record.make(space_id, cast(FileFormat, wanted))

    for name, stage in sorted(asked(data_dir, work).formats.items()):
        told(f"{name:<5} {stage}")


@app.command("translate")
def translate(
    space_id: SpaceId,
    language: Annotated[str, typer.Argument(help="Such as fr or pt-BR.", metavar="LANGUAGE")],
    data_dir: DataDir = None,
) -> None:
    """Ask for transcript and brief in another language."""
    record = asked(data_dir, lambda door: door.record.translate(space_id, language))
    for name, stage in sorted(record.languages.items()):
        told(f"{name:<5} {stage}")


@app.command("publish")
def publish(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Give listeners the replay."""
    record = asked(data_dir, lambda door: door.record.edit(space_id, is_published=True))
    told(
        f"listeners have it: {record.listen_url}"
        if record.edition
        else "listeners will have it once it is made"
    )


@app.command("unpublish")
def unpublish(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Take the replay from listeners, at once; hosts keep it."""
    asked(data_dir, lambda door: door.record.edit(space_id, is_published=False))
    told("only hosts have it")


@app.command("keep")
def keep(
    space_id: SpaceId,
    until: Annotated[datetime | None, typer.Option(help="Then all of it goes. Without it: for ever.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Say how long the record is kept."""
    record = asked(data_dir, lambda door: door.record.edit(space_id, keep_until_ms=as_ms(until)))
    told(f"kept until {when(record.keep_until_ms)}" if record.keep_until_ms else "kept for ever")


@app.command("remove-person")
def remove_person(space_id: SpaceId, person: Person, data_dir: DataDir = None) -> None:
    """Take somebody's voice, words and quotes out of the record."""
    record = asked(data_dir, lambda door: door.record.remove_person(space_id, person))
    told(_removal(record, person))


@app.command("keep-person")
def keep_person(space_id: SpaceId, person: Person, data_dir: DataDir = None) -> None:
    """Take that back, while it is not done."""
    record = asked(data_dir, lambda door: door.record.keep_person(space_id, person))
    told(_removal(record, person))


@app.command("delete")
def delete(
    space_id: SpaceId,
    is_sure: Annotated[bool, typer.Option("--for-ever", help="It cannot be undone.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete all of the record, everywhere; the Space stays."""
    if not is_sure:
        told(f"nothing is deleted; to delete it for ever: stentor record delete {space_id} --for-ever")
        raise typer.Exit(1)
    record = asked(data_dir, lambda door: door.record.delete(space_id))
    told("it is gone" if record.is_gone else "it is being deleted; `record show` says when it is gone")


def _show(record: RecordTold) -> None:
    if not record.is_recorded:
        told("this Space is not recorded")
        return
    if record.is_gone or record.is_unwanted:
        told("the record is gone" if record.is_gone else "the record was deleted; it is still going")
        return
    lines = {
        "sound": record.programme + (f", {clock(record.duration_ms)}" if record.duration_ms else ""),
        "words": _versioned(record.transcript, record.transcript_version),
        "brief": _versioned(record.brief, record.brief_version),
        "for": record.listen_url if record.is_published else "hosts only",
        "until": when(record.keep_until_ms) if record.keep_until_ms else "for ever",
    }
    for name, value in lines.items():
        told(f"{name:<6} {value}")
    if record.problem:
        told(f"!      {escape(record.problem)}")
    for person in record.people:
        told(f"person {person.id}  {escape(person.name)}")
    for person_id in (*record.removing, *record.removed):
        told(f"person {_removal(record, person_id)}")
    shown = Table("file", "size", "kind", box=None)
    for file in record.files:
        shown.add_row(file.name, f"{file.size_bytes:,}", file.mime.partition(";")[0])
    if record.files:
        console.print(shown)


def _file(record: RecordTold, name: str) -> FileTold:
    found = next((file for file in record.files if file.name == name), None)
    if found is None:
        raise NotFound(f"The record has no file {name!r}; `record show` lists them.")
    return found


def _removal(record: RecordTold, person: str) -> str:
    if person in record.removed:
        return f"{person} is out of it"
    return f"{person} is being removed" if person in record.removing else f"{person} stays in it"


def _versioned(stage: str, version: int) -> str:
    return f"{stage}, version {version}" if version else stage
