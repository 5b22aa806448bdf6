"""Downloads that are wished, and tags that have changed since they were made.

Comes in: what the shelf has. Goes out: files beside it. Never: an encode for a title or a chapter: a file
that is there gets its new tags by copying its packets.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import structlog

from stentor.errors import BadInput, NotFound
from stentor.record.chapters import Chapter, chapters_of_json
from stentor.record.recording import Made, Recording
from stentor.scribe.recording.desk import Desk
from stentor.scribe.recording.downloads import Tags
from stentor.scribe.recording.due import tags_of
from stentor.scribe.recording.workshop import copied, encoded
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest
from stentor.shelf.store import SpaceShelf
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec
from stentor.space.timeline import Timeline

log = structlog.get_logger()

_WORK = "workshop"


async def make_downloads(desk: Desk, space: Space, timeline: Timeline) -> None:
    """Every format that is wished is on the shelf when this returns, with the tags of now.

    Raises: ShelfAway. LogAway. OSError. EngineFailed.
    """
    recording = await desk.recordings.get(space.id)
    manifest = await desk.manifest(space, timeline)
    tags = await tags_now(desk.files(space.id), space, recording, manifest)
    async with workplace(desk.folder(space.id)) as folder:
        made = await downloads(desk.files(space.id), manifest, folder, tags, recording)
    manifest = replace(manifest, title=space.title, files={**manifest.files, **made})
    await desk.publish(manifest, facts=lambda facts: fulfilled(facts, space, recording))
    log.info("downloads are made", space=space.id, files=sorted(made))


def fulfilled(made: Made, space: Space, recording: Recording) -> Made:
    """The facts after the downloads that `recording` wished were made."""
    return replace(made, formats=recording.wishes.formats, tags_of=tags_of(space, recording))


async def tags_now(files: SpaceShelf, space: Space, recording: Recording, manifest: Manifest) -> Tags:
    """Chapters as hosts set them, else as the words' process found them. Raises: ShelfAway."""
    chapters: tuple[Chapter, ...] = recording.wishes.chapters
    if not chapters:
        try:
            chapters = chapters_of_json(await files.get(layout.CHAPTERS))
        except (NotFound, BadInput):
            chapters = ()
    return Tags(space.title, manifest.duration_ms, chapters)


async def downloads(
    files: SpaceShelf,
    manifest: Manifest,
    folder: Path,
    tags: Tags,
    recording: Recording,
    *,
    is_anew: bool = False,
) -> dict[str, FileKept]:
    """The m4a and whatever format is wished, on the shelf.

    Args:
        folder: of one's own, empty.
        is_anew: the sound is another than that of the files that are there.
    """
    made: dict[str, FileKept] = {}
    sound = folder / layout.programme(BEST_RUNG[Codec.AAC].value, manifest.edition)
    await files.copy_to(sound.name, sound)
    names = [layout.RECORDING, *(f"recording.{wish.value}" for wish in recording.wishes.formats)]
    for name in names:
        target = folder / name
        if name == layout.RECORDING:
            await copied(sound, target, tags)
        elif name in manifest.files and not is_anew:
            old = folder / f"old-{name}"
            await files.copy_to(name, old)
            await copied(old, target, tags)
        else:
            await encoded(sound, target, tags)
        made[name] = await files.put(name, target)
    return made


@asynccontextmanager
async def workplace(folder: Path) -> AsyncIterator[Path]:
    """An empty folder that is gone afterwards, and so is what a crash left of the one before."""
    place = folder / _WORK
    await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
    await asyncio.to_thread(place.mkdir, parents=True)
    try:
        yield place
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
