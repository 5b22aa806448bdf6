"""`stentor transcript …` and `stentor brief …`: what was said. Parses, calls, prints."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from stentor.client.record_models import BriefTold, LineTold, TranscriptTold
from stentor.client.stage_door import StageDoor
from stentor.verbs.common import DataDir, SpaceId, asked, clock, console, told, when
from stentor.verbs.transcript_file import changes, text_of, version_of, written

transcript_app = typer.Typer(help="Who said what in a Space.", no_args_is_help=True)
brief_app = typer.Typer(help="What was said, in a page.", no_args_is_help=True)

Version = Annotated[int | None, typer.Option(help="Else the newest.")]


@transcript_app.command("show")
def show_transcript(
    space_id: SpaceId,
    version: Version = None,
    to_edit: Annotated[bool, typer.Option("--to-edit", help="As `transcript edit` reads it.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the transcript."""
    found = asked(data_dir, lambda door: door.record.transcript(space_id, version=version))
    if to_edit:
        console.print(written(found), end="", highlight=False, markup=False, soft_wrap=True)
        return
    if found.is_machine:
        told("machine transcript")
    for turn in found.turns:
        name = found.names.get(turn.person_id, turn.person_id)
        told(escape(f"{clock(turn.words[0].start_ms):>7}  {name}: {text_of(turn)}"))


@transcript_app.command("edit")
def edit_transcript(
    space_id: SpaceId,
    file: Annotated[Path, typer.Argument(help="What `transcript show --to-edit` printed, with changes.")],
    data_dir: DataDir = None,
) -> None:
    """Save a corrected transcript as its next version."""
    text = file.read_text(encoding="utf-8")

    async def work(door: StageDoor) -> TranscriptTold:
        version = version_of(text)
        before = await door.record.transcript(space_id, version=version)
        return await door.record.edit_transcript(space_id, version, changes(text, before))

    saved = asked(data_dir, work)
    told(f"version {saved.version} by {escape(saved.by)}")


@transcript_app.command("versions")
def list_versions(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """List its versions and who made them, the newest first."""
    for version in asked(data_dir, lambda door: door.record.transcripts(space_id)).items:
        told(f"{version.version:>3}  {when(version.made_ms)}  {escape(version.by)}")


@brief_app.command("show")
def show_brief(space_id: SpaceId, version: Version = None, data_dir: DataDir = None) -> None:
    """Print the brief."""
    brief = asked(data_dir, lambda door: door.record.brief(space_id, version=version))
    told(f"{escape(brief.title)}" + (" (machine made)" if brief.is_machine else f" (by {escape(brief.by)})"))
    for number, line in enumerate(brief.summary, start=1):
        told(f"{number}. {_line(brief, line)}")
    for section in brief.sections:
        told("")
        told(f"{clock(section.start_ms):>7}  {escape(section.heading)}")
        for line in section.lines:
            told(f"         {_line(brief, line)}")
    if brief.claims:
        told("")
        told("worth checking")
    for claim in brief.claims:
        quote = claim.quote
        words = f"{clock(quote.start_ms):>7}  {brief.names.get(quote.person_id, '–')}: {quote.text}"
        told(escape(words + (f"  → {claim.note}" if claim.note else "")))


@brief_app.command("again")
def ask_again(space_id: SpaceId, data_dir: DataDir = None) -> None:
    """Ask the machine for a new brief from the newest transcript."""
    asked(data_dir, lambda door: door.record.brief_again(space_id))
    told("asked for; `stentor brief show` has it once it is made")


def _line(brief: BriefTold, line: LineTold) -> str:
    first = line.quotes[0]
    return escape(f"{line.text} ({brief.names.get(first.person_id, '–')}, {clock(first.start_ms)})")
