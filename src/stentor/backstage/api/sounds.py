"""Sounds: files that hosts play into their Space, such as an opening or a jingle."""

import asyncio
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from stentor.backstage.access.asker import Leader
from stentor.backstage.api.idempotency import OnceHere
from stentor.backstage.api.pages_of import Page, PageWanted, paged
from stentor.backstage.api.whip import must_have_stage
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import living_space
from stentor.backstage.sounds import Sound, Sounds, checked_sound_name
from stentor.errors import Full, StentorError
from stentor.limits import NAME_LENGTH_MAX, SOUNDS_AT_ONCE_MAX
from stentor.space.people import Role

log = structlog.get_logger()

SoundId = Annotated[str, Path(min_length=1, max_length=60, description="As the list names it.")]

routes = APIRouter(prefix="/api/spaces/{space_id}/sounds", tags=["sounds"])


class SoundTold(BaseModel):
    """A file that can be played into the Space."""

    id: str
    name: str
    size_bytes: int
    added_ms: int
    is_playing: bool = Field(description="From this stage door, right now.")

    @classmethod
    def of(cls, sound: Sound, *, is_playing: bool) -> "SoundTold":
        return cls(
            id=sound.id,
            name=sound.name,
            size_bytes=sound.size_bytes,
            added_ms=sound.added_ms,
            is_playing=is_playing,
        )


@routes.post("", status_code=201)
async def add_sound(  # noqa: PLR0917  # the framework names each of them
    space_id: str,
    request: Request,
    who: Leader,
    door: DoorHere,
    once: OnceHere,
    name: Annotated[str, Query(min_length=1, max_length=NAME_LENGTH_MAX, description="For hosts.")],
) -> SoundTold:
    """Keeps a file to be played: the body as it is, of at most 50 MB, 20 per Space.

    400: no name. 413: too large. 415: no Ogg, MP3, AAC, MP4, FLAC or WAV. 503: there are 20.
    """
    await living_space(door, space_id)
    checked_sound_name(name)

    async def make() -> SoundTold:
        sounds = Sounds(door.settings.sounds_dir, space_id)
        sound = await sounds.add(name, request.stream(), at_ms=door.clock.wall_ms())
        door.events.note(space_id, "sound_added", by=who.id, sound=sound.id, name=sound.name)
        return SoundTold.of(sound, is_playing=False)

    return await once.told(SoundTold, by=who.id, make=make)


@routes.get("")
async def list_sounds(
    space_id: str,
    who: Leader,  # noqa: ARG001
    door: DoorHere,
    cut: PageWanted,
) -> Page[SoundTold]:
    """The sounds of a Space, the oldest first."""
    await living_space(door, space_id)
    return paged(
        Sounds(door.settings.sounds_dir, space_id).all(),
        cut,
        key=lambda sound: (sound.added_ms, sound.id),
        tell=lambda sound: _told(door, space_id, sound),
    )


@routes.post("/{sound_id}/play")
async def play_sound(space_id: str, sound_id: SoundId, who: Leader, door: DoorHere) -> SoundTold:
    """Plays a sound from its beginning, as it is, beside whoever speaks.

    410: the Space has ended. 503: no stage, or too many sounds at once.
    """
    must_have_stage(await living_space(door, space_id))
    sounds = Sounds(door.settings.sounds_dir, space_id)
    sound, key = sounds.get(sound_id), _key(space_id, sound_id)
    if not door.ingests.is_running(key) and door.ingests.count(_key(space_id, "")) >= SOUNDS_AT_ONCE_MAX:
        raise Full("The list of sounds that play at once", limit=SOUNDS_AT_ONCE_MAX)
    person_id = person_of(sound_id)
    await door.crews.change(
        space_id,
        lambda crew: crew.invited(
            person_id, name=sound.name, role=Role.SPEAKER, invitation_id="", is_source=True
        ),
    )
    await door.ingests.start(
        key,
        space_id=space_id,
        person_id=person_id,
        file=sounds.path(sound_id),
        on_end=lambda: _off_stage(door, space_id, sound_id),
    )
    door.events.note(space_id, "sound_played", by=who.id, sound=sound_id, name=sound.name)
    return SoundTold.of(sound, is_playing=True)


@routes.post("/{sound_id}/stop")
async def stop_sound(space_id: str, sound_id: SoundId, who: Leader, door: DoorHere) -> SoundTold:
    """Silence, at once. One that does not play is no error."""
    await living_space(door, space_id)
    sound = Sounds(door.settings.sounds_dir, space_id).get(sound_id)
    if door.ingests.is_running(_key(space_id, sound_id)):
        # The record first: the stage obeys it before the worker has heard that it is to end.
        await _off_stage(door, space_id, sound_id)
        await door.ingests.cut(_key(space_id, sound_id))
        door.events.note(space_id, "sound_stopped", by=who.id, sound=sound_id, name=sound.name)
    return _told(door, space_id, sound)


@routes.delete("/{sound_id}", status_code=204)
async def remove_sound(space_id: str, sound_id: SoundId, who: Leader, door: DoorHere) -> None:
    """The file is gone, and silent. Again is 404."""
    await living_space(door, space_id)
    sounds = Sounds(door.settings.sounds_dir, space_id)
    sound = sounds.get(sound_id)
    await _off_stage(door, space_id, sound_id)
    await door.ingests.cut(_key(space_id, sound_id))
    await asyncio.to_thread(sounds.remove, sound_id)
    door.events.note(space_id, "sound_removed", by=who.id, sound=sound_id, name=sound.name)


def person_of(sound_id: str) -> str:
    """What a sound is called on stage."""
    return f"sound-{sound_id}"


def _key(space_id: str, sound_id: str) -> str:
    return f"{space_id}/sound-{sound_id}"


def _told(door: Door, space_id: str, sound: Sound) -> SoundTold:
    return SoundTold.of(sound, is_playing=door.ingests.is_running(_key(space_id, sound.id)))


async def _off_stage(door: Door, space_id: str, sound_id: str) -> None:
    """It is not of the crew while it does not play. A fault of the log leaves it there, and silent."""
    try:
        await door.crews.change(space_id, lambda crew: crew.forgotten([person_of(sound_id)]))
    except StentorError as error:
        log.warning("a sound stays in the crew", space=space_id, sound=sound_id, detail=error.detail)
