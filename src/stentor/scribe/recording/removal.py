"""What goes: a person out of a record, a record, what the log holds of it, a deleted Space.

Comes in: wishes, by way of `due`. Goes out: the shelf, the working folder and the log without it. Never: a
record of another length; events and counts, which hold no words and stay as long as the Space.
"""

import asyncio
import json
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog

from stentor.errors import NoSuchSpace, NotFound
from stentor.formats.programme_index import ProgrammeIndex
from stentor.limits import CHUNK_MS
from stentor.record.activity import Activity
from stentor.record.recording import Made, Recording, Stage
from stentor.scribe.recording.desk import Desk
from stentor.scribe.recording.downloads import Tags
from stentor.scribe.recording.making import downloads, workplace
from stentor.scribe.recording.programme_file import index_of
from stentor.scribe.recording.recorder import ACTIVITY, RECORDED_RUNGS
from stentor.scribe.recording.remix import Remix, VoiceAt
from stentor.scribe.recording.sealing import with_programme
from stentor.scribe.recording.workshop import remixed
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest
from stentor.shelf.store import SpaceShelf
from stentor.space.record import Space
from stentor.space.rung import Rung
from stentor.space.timeline import Timeline

log = structlog.get_logger()

_PAGE = 500
_SOUND = ("programme.", "recording.", "voices/")
_EVENTS_MAX = 100_000


async def remove_people(desk: Desk, space: Space, timeline: Timeline) -> None:
    """Nobody whose removal is wished is heard in the record when this returns; it is as long as before.

    The parts that hold their words are the words' process's to make again.

    Raises: ShelfAway. LogAway. OSError. EngineFailed.
    """
    recording, files = await desk.recordings.get(space.id), desk.files(space.id)
    before = await desk.manifest(space, timeline)
    gone = frozenset(recording.wishes.removed)
    manifest = replace(
        before, edition=before.edition + 1, people=tuple(p for p in before.people if p.id not in gone)
    )
    async with workplace(desk.folder(space.id)) as folder:
        activity = Activity.from_bytes(await files.get(layout.ACTIVITY))
        indexes = await _mixed_anew(files, before, manifest, activity, folder, gone=gone)
        sources = {rung: folder / layout.programme(rung, manifest.edition) for rung in indexes}
        manifest = await with_programme(manifest, files, sources, indexes)
        kept = dict(manifest.files)
        kept[layout.EVENTS] = await keep_events(desk, space.id)
        for name in [layout.voice(person) for person in gone] + ["recording.mp3", "recording.opus"]:
            kept.pop(name, None)
        place = folder / "downloads"
        place.mkdir()
        # Without the brief's chapters: their titles may be words of who goes. They come with the next tags.
        tags = Tags(space.title, manifest.duration_ms, recording.wishes.chapters)
        kept |= await downloads(files, manifest, place, tags, recording, is_anew=True)
        # Late: whoever begins again after a crash must still find where they spoke.
        kept[layout.ACTIVITY] = await files.put(layout.ACTIVITY, activity.without(gone).as_bytes())
        manifest = replace(manifest, files=kept)
    await desk.bus.history(space.id).begin_again(desk.log_age_s)
    await _forget_in_folder(desk.folder(space.id), gone)

    await desk.publish(manifest)
    # After the list, so that nobody is sent to a file that is gone; before it is said to be done, so that a
    # crash in between leaves nobody's voice behind.
    await _forget_unlisted(files, manifest)

    def facts(made: Made) -> Made:
        return replace(made, formats=recording.wishes.formats, tags_of="", removed=recording.wishes.removed)

    await desk.publish(manifest, facts=facts)
    for person in sorted(gone - set(recording.made.removed)):
        await desk.tell(space.id, "removed_from_record", person=person)
    log.info("people were removed from a record", space=space.id, people=len(gone), edition=manifest.edition)


async def remove_record(desk: Desk, space: Space) -> None:
    """All of the record is gone; the Space stays, with its events. Raises: ShelfAway. LogAway. OSError."""
    await _empty(desk, space.id)

    def gone(recording: Recording) -> Recording:
        made = Made(is_gone=True, has_all=True, words_removed=recording.made.words_removed)
        none = Stage.NONE
        return replace(recording, made=made, programme=none, transcript=none, brief=none, problem=None)

    await desk.recordings.change(space.id, gone)
    await desk.tell(space.id, "recording_removed")
    log.info("a record was removed", space=space.id)


async def forget(desk: Desk, space: Space) -> None:
    """What the log holds of a Space that nobody wanted recorded is gone. Raises: as `remove_record`."""
    await _empty(desk, space.id)
    await desk.recordings.change(space.id, lambda r: replace(r, made=replace(r.made, has_all=True)))
    log.info("a Space that was not recorded is forgotten", space=space.id)


async def delete_space(desk: Desk, space: Space) -> None:
    """Nothing of a deleted Space is on the shelf or in the working folder. Raises: as `remove_record`."""
    await desk.files(space.id).remove()
    await asyncio.to_thread(shutil.rmtree, desk.folder(space.id), ignore_errors=True)
    await desk.recordings.delete(space.id)
    with suppress(NoSuchSpace):
        await desk.spaces.change(space.id, lambda found: replace(found, is_off_shelf=True))
    log.info("a deleted Space is off the shelf", space=space.id)


async def tidy(desk: Desk, space: Space, timeline: Timeline) -> None:
    """The working folder goes; events that came after the seal are on the shelf before the log drops them."""
    manifest = await desk.manifest(space, timeline)
    if manifest.edition:
        kept = {**manifest.files, layout.EVENTS: await keep_events(desk, space.id)}
        await desk.publish(replace(manifest, files=kept))
    for path in desk.folder(space.id).iterdir():
        if path.is_file():  # the words' process has a folder in it
            await asyncio.to_thread(path.unlink)


async def keep_events(desk: Desk, space_id: str) -> FileKept:
    """The event log up to now, on the shelf. Raises: ShelfAway. LogAway.

    Bounds: one small question per event that the shelf does not have.
    """
    files, history = desk.files(space_id), desk.bus.history(space_id)
    try:
        kept = (await files.get(layout.EVENTS)).splitlines()
    except NotFound:
        kept = []
    last = json.loads(kept[-1])[layout.NUMBER] if kept else 0
    while len(kept) < _EVENTS_MAX and await history.exists():
        found = await history.events(after=last, limit=_PAGE)
        lines = [{layout.NUMBER: event.sequence, **event.facts} for event in found]
        kept += [json.dumps(line, ensure_ascii=False).encode() for line in lines]
        if len(found) < _PAGE:
            break
        last = found[-1].sequence
    return await files.put(layout.EVENTS, b"".join(line + b"\n" for line in kept))


async def _empty(desk: Desk, space_id: str) -> None:
    """Shelf and log hold no more than events."""
    files = desk.files(space_id)
    await keep_events(desk, space_id)
    for name in await files.names():
        if name != layout.EVENTS:
            await files.remove(name)
    await desk.bus.history(space_id).begin_again(desk.log_age_s)
    await asyncio.to_thread(shutil.rmtree, desk.folder(space_id), ignore_errors=True)


async def _mixed_anew(
    files: SpaceShelf,
    before: Manifest,
    then: Manifest,
    activity: Activity,
    folder: Path,
    *,
    gone: Collection[str],
) -> dict[Rung, ProgrammeIndex]:
    sources = {rung: folder / layout.programme(rung, before.edition) for rung in RECORDED_RUNGS}
    targets = {rung: folder / layout.programme(rung, then.edition) for rung in RECORDED_RUNGS}
    for path in sources.values():
        await files.copy_to(path.name, path)
    voices: dict[str, VoiceAt] = {}
    for person in before.people:
        name = layout.voice(person.id)
        if name in before.files:
            path = folder / f"voice.{person.id}.opus"
            await files.copy_to(name, path)
            first = person.voice_start_ms // CHUNK_MS
            voices[person.id] = VoiceAt(path, first, is_programme=person.id in activity.sources)
    spoke = tuple(stretch for person in sorted(gone) for stretch in activity.speaking.get(person, ()))
    await remixed(
        Remix(
            sources,
            targets,
            stay=tuple(voice for person, voice in voices.items() if person not in gone),
            gone=tuple(voice for person, voice in voices.items() if person in gone),
            spoke=spoke,
        )
    )
    return {rung: await asyncio.to_thread(index_of, path, rung.codec) for rung, path in targets.items()}


async def _forget_unlisted(files: SpaceShelf, manifest: Manifest) -> None:
    """Sound that the list does not name goes, also what a crash has left of another day's edition."""
    for name in await files.names():
        if name.startswith(_SOUND) and name not in manifest.files:
            await files.remove(name)


async def _forget_in_folder(folder: Path, gone: Collection[str]) -> None:
    """The shelf has what is left; here only the other voices stay, for the words' process."""
    names = [f"voice.{person}.svf" for person in gone] + [ACTIVITY]
    for path in [*(folder / name for name in names), *folder.glob("programme.*.mp4")]:
        await asyncio.to_thread(path.unlink, missing_ok=True)
