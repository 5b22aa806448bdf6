"""Sealing: what has grown in the working folder becomes files on the shelf, each read back.

Comes in: a working folder at rest. Goes out: programme, voices, downloads, activity, events, counts, and the
list of them. Never: a second decode of a voice; a wait of listeners for anything but the programme, which
comes first and is played while the rest is made.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import structlog

from stentor.formats.ogg_opus import in_place, ogg_opus
from stentor.formats.opus_packet import is_stereo
from stentor.formats.programme_index import ProgrammeIndex
from stentor.formats.voice import voice_packets
from stentor.limits import CHUNK_MS, CHUNK_SAMPLES
from stentor.record.activity import Activity
from stentor.record.recording import Made, Recording
from stentor.scribe.recording.desk import Desk
from stentor.scribe.recording.downloads import Tags
from stentor.scribe.recording.due import tags_of
from stentor.scribe.recording.lines_file import lines_of
from stentor.scribe.recording.programme_file import ProgrammeFile, index_of, path_of
from stentor.scribe.recording.recorder import ACTIVITY, COUNTS, EVENTS, LINE, RECORDED_RUNGS
from stentor.scribe.recording.voice_file import voices_of
from stentor.scribe.recording.workshop import copied
from stentor.shelf import layout
from stentor.shelf.manifest import FileKept, Manifest, PersonKept
from stentor.shelf.store import SpaceShelf
from stentor.space.record import Space
from stentor.space.rung import BEST_RUNG, Codec, Rung
from stentor.space.timeline import RECORD_FIRST, Timeline

log = structlog.get_logger()

_RUNGS = tuple(sorted(RECORDED_RUNGS))
_VOICES = "voice.*.svf"


async def seal(desk: Desk, space: Space, timeline: Timeline) -> bool:
    """All of the folder is on the shelf when this returns. False: there is no chunk in it.

    Again is no error: what has changed since is written anew, and where that is the programme, as another
    edition, so that no player puts pieces of two together.

    Raises: ShelfAway. LogAway. OSError. EngineFailed.
    """
    folder, files = desk.folder(space.id), desk.files(space.id)
    indexes = await asyncio.to_thread(_at_rest, folder)
    if indexes is None:
        return False
    before = await desk.manifest(space, timeline)
    chunks = next(iter(indexes.values())).count
    edition = before.edition + 1 if before.chunks != chunks else before.edition
    activity = await asyncio.to_thread(_activity, folder, chunks)
    manifest = replace(
        before,
        title=space.title,
        description=space.description,
        ended_ms=space.ended_ms or before.ended_ms,
        edition=edition,
        chunks=chunks,
        people=people_of(activity),
        files={**before.files, layout.ACTIVITY: await files.put(layout.ACTIVITY, activity.as_bytes())},
    )
    if edition != before.edition:
        sources = {rung: path_of(folder, rung) for rung in indexes}
        manifest = await with_programme(manifest, files, sources, indexes)
    recording = await desk.publish(manifest)
    log.info("the programme is on the shelf", space=space.id, edition=edition, chunks=chunks)
    manifest = await _with_the_rest(desk, manifest, folder, activity, tags=tags_for(space, recording, chunks))
    tags = tags_of(space, recording)

    def facts(made: Made) -> Made:
        # Other downloads are of the edition before: they are made again.
        return replace(made, tags_of=tags, formats=made.formats if edition == before.edition else ())

    await desk.publish(manifest, facts=facts)
    if before.edition not in {0, edition}:
        await forget_edition(files, before.edition)
    return True


def people_of(activity: Activity) -> tuple[PersonKept, ...]:
    """Everybody who was on stage or heard."""
    return tuple(_person(activity, person) for person in sorted({*activity.names, *activity.speaking}))


def _person(activity: Activity, person: str) -> PersonKept:
    return PersonKept(person, activity.names.get(person, ""), activity.roles.get(person, ""))


def tags_for(space: Space, recording: Recording, chunks: int) -> Tags:
    return Tags(space.title, chunks * CHUNK_MS, recording.wishes.chapters)


async def with_programme(
    manifest: Manifest,
    files: SpaceShelf,
    sources: Mapping[Rung, Path],
    indexes: Mapping[Rung, ProgrammeIndex],
) -> Manifest:
    """The list with the programme of its edition, which is on the shelf then, and none of another."""
    kept = {name: facts for name, facts in manifest.files.items() if not name.startswith("programme.")}
    for rung, path in sources.items():
        name, index = layout.programme(rung, manifest.edition), indexes[rung].as_bytes()
        kept[name] = await files.put(name, path)
        index_name = layout.programme_index(rung, manifest.edition)
        kept[index_name] = await files.put(index_name, index)
    return replace(manifest, files=kept)


async def forget_edition(files: SpaceShelf, edition: int) -> None:
    """What no list names any more."""
    for rung in _RUNGS:
        await files.remove(layout.programme(rung, edition))
        await files.remove(layout.programme_index(rung, edition))


async def _with_the_rest(
    desk: Desk, manifest: Manifest, folder: Path, activity: Activity, *, tags: Tags
) -> Manifest:
    files = desk.files(manifest.space_id)
    kept: dict[str, FileKept] = dict(manifest.files)
    download = folder / layout.RECORDING
    await copied(path_of(folder, BEST_RUNG[Codec.AAC]), download, tags)
    kept[layout.RECORDING] = await files.put(layout.RECORDING, download)
    await asyncio.to_thread(download.unlink)
    voices: dict[str, PersonKept] = {}
    for source in sorted(folder.glob(_VOICES)):
        person_id = source.name.split(".")[1]
        target = source.with_suffix(".opus")
        first, count = await asyncio.to_thread(_write_voice, source, target)
        if count:
            name = layout.voice(person_id)
            kept[name] = await files.put(name, target)
            voices[person_id] = replace(
                _person(activity, person_id),
                voice_start_ms=(first - RECORD_FIRST) * CHUNK_MS,
                voice_ms=count * CHUNK_MS,
            )
        await asyncio.to_thread(target.unlink)
    if (folder / EVENTS).exists():
        kept[layout.EVENTS] = await files.put(layout.EVENTS, folder / EVENTS)
    if (folder / COUNTS).exists():
        counts = b"".join(line[LINE].encode() for line in lines_of(folder / COUNTS))
        kept[layout.COUNTS] = await files.put(layout.COUNTS, counts)
    heard = {person.id: person for person in manifest.people} | voices
    return replace(manifest, files=kept, people=tuple(heard[person] for person in sorted(heard)))


def _at_rest(folder: Path) -> dict[Rung, ProgrammeIndex] | None:
    """Both rungs, of one length: where one has less, its last chunks are holes. None: there is no chunk."""
    if not any(path_of(folder, rung).exists() for rung in _RUNGS):
        return None
    open_files = [ProgrammeFile.open(folder, rung) for rung in _RUNGS]
    try:
        end = max(file.next_number for file in open_files)
        for file in open_files:
            file.fill(end)
            file.sync()
    finally:
        for file in open_files:
            file.close()
    if end == RECORD_FIRST:
        return None
    return {rung: index_of(path_of(folder, rung), rung.codec) for rung in _RUNGS}


def _activity(folder: Path, chunks: int) -> Activity:
    return Activity.of_ticks(lines_of(folder / ACTIVITY), chunks=chunks)


def _write_voice(source: Path, target: Path) -> tuple[int, int]:
    """Returns: the first chunk of the file and how many it spans; a count of 0: nothing was said.

    Bounds: holds one voice's packets, 15 MB for each hour of speech.
    """
    by_number = {number: body for number, body in voices_of(source) if number >= RECORD_FIRST}
    if not by_number:
        target.touch()
        return RECORD_FIRST, 0
    first, last = min(by_number), max(by_number)

    def placed() -> Iterator[tuple[int, bytes]]:
        for number in sorted(by_number):
            for packet in voice_packets(by_number[number]):
                yield (number - first) * CHUNK_SAMPLES + packet.offset_samples, packet.payload

    channels = 2 if any(is_stereo(payload) for _, payload in placed()) else 1
    with target.open("wb") as file:
        for page in ogg_opus(in_place(placed()), channels=channels):
            file.write(page)
    return first, last + 1 - first
