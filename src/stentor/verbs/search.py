"""`stentor search`: what was said in the house's Spaces. Parses, calls, prints."""

from typing import Annotated

import typer
from rich.markup import escape

from stentor.client.record_models import HitsTold, HitTold
from stentor.verbs.common import DataDir, asked, clock, told


def search(
    words: Annotated[list[str], typer.Argument(help='Words, and "phrases" in quotation marks.')],
    limit: Annotated[int, typer.Option(min=1, max=50)] = 20,
    data_dir: DataDir = None,
) -> None:
    """Find what was said, with a link to its second."""
    found = asked(data_dir, lambda door: door.record.search(" ".join(words)))
    if not found.items:
        told("nothing was found")
    for hit in found.items[:limit]:
        told(f"[bold]{escape(hit.title)}[/]  {clock(hit.start_ms)}  {escape(hit.name)}: {marked(hit)}")
        told(f"  {moment_url(found, hit)}{'  (machine transcript)' if hit.is_machine else ''}")


def marked(hit: HitTold) -> str:
    """The text with what was found underlined."""
    parts, end = [], 0
    for start, stop in hit.marks:
        parts += [escape(hit.text[end:start]), f"[underline]{escape(hit.text[start:stop])}[/]"]
        end = stop
    return "".join([*parts, escape(hit.text[end:])])


def moment_url(found: HitsTold, hit: HitTold) -> str:
    """Where it can be heard."""
    return f"{found.listen_urls[hit.space]}#t={hit.start_ms / 1000:g}"
