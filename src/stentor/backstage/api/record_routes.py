"""The record of a Space: how far it is, who may hear it, how long it is kept, what is made of it, who is in.

Comes in: wishes of who leads. Goes out: the record as it stands. Never: an order to the scribe: it reads what
is wished and says what is made; until then both stand beside each other.
"""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Path

from stentor.backstage.access.asker import Ender, Leader
from stentor.backstage.api.record_models import FormatWanted, LanguageWanted, RecordChanges
from stentor.backstage.api.record_told import RecordTold, record_told
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import changed_recording, living_space
from stentor.errors import BadInput, Conflict, NotFound, OutOfRange
from stentor.limits import RECORD_LANGUAGES_MAX
from stentor.record.recording import Recording
from stentor.space.lifecycle import State

PersonId = Annotated[str, Path(min_length=1, max_length=60, description="As the record's people list it.")]
_WISHED_STATUS = 202

T = TypeVar("T", bound=str)

routes = APIRouter(prefix="/api/spaces/{space_id}/record", tags=["record"])


@routes.get("")
async def read_record(space_id: str, who: Leader, door: DoorHere) -> RecordTold:  # noqa: ARG001
    """What is kept of a Space: how far each part is, its files, what still waits."""
    return await _told(door, space_id)


@routes.patch("")
async def change_record(space_id: str, wanted: RecordChanges, who: Leader, door: DoorHere) -> RecordTold:
    """Gives the replay to listeners or takes it from them at once; says when all of it goes by itself.

    409: the Space is not recorded. 410: the record was deleted.
    """
    named = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    until_ms = named.get("keep_until_ms")
    if until_ms is not None and until_ms <= door.clock.wall_ms():
        raise BadInput("keep_until_ms is over already. Name a time to come, or delete the record.")
    await changed_recording(
        door,
        space_id,
        lambda recording: recording.wished(**named),
        kind="recording_changed",
        by=who.id,
        **named,
    )
    return await _told(door, space_id)


@routes.delete("", status_code=_WISHED_STATUS)
async def delete_record(space_id: str, who: Ender, door: DoorHere) -> RecordTold:
    """All of it goes, everywhere, and does not come back; the Space stays. `is_gone` says when it is done.

    409: the Space has not ended, or is not recorded.
    """
    space = await living_space(door, space_id)
    if space.state is not State.ENDED:
        raise Conflict("There is something to delete when the Space has ended. End it first.")
    if not (await door.recordings.get(space_id)).wishes.is_unwanted:
        await changed_recording(
            door,
            space_id,
            lambda recording: recording.wished(is_unwanted=True),
            kind="recording_unwanted",
            by=who.id,
        )
    return await _told(door, space_id)


@routes.post("/formats", status_code=_WISHED_STATUS)
async def make_format(space_id: str, wanted: FormatWanted, who: Leader, door: DoorHere) -> RecordTold:
    """Asks for the whole programme in another format; a file once it is made. Again is no error."""
    name = wanted.format

    def move(recording: Recording) -> Recording:
        return recording.wished(formats=_with(recording.wishes.formats, name))

    await changed_recording(door, space_id, move, kind="recording_wished", by=who.id, format=name.value)
    return await _told(door, space_id)


@routes.post("/languages", status_code=_WISHED_STATUS)
async def translate_record(space_id: str, wanted: LanguageWanted, who: Leader, door: DoorHere) -> RecordTold:
    """Asks for transcript and brief in another language. 400: the one that was spoken, or too many."""
    space = await living_space(door, space_id)
    if wanted.language == space.language:
        raise BadInput(f"{wanted.language!r} is what was spoken; there is nothing to translate.")

    def move(recording: Recording) -> Recording:
        languages = _with(recording.wishes.languages, wanted.language)
        if len(languages) > RECORD_LANGUAGES_MAX:
            raise OutOfRange("Languages", len(languages), lowest=0, highest=RECORD_LANGUAGES_MAX)
        return recording.wished(languages=languages)

    await changed_recording(
        door, space_id, move, kind="recording_wished", by=who.id, language=wanted.language
    )
    return await _told(door, space_id)


@routes.put("/people/{person_id}", status_code=_WISHED_STATUS)
async def remove_from_record(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> RecordTold:
    """Takes a person's voice, words and quotes out of the record; its length stays. Again is no error.

    Until it is done (`removing`) listeners get nothing of the record. 404: nobody of this Space.
    """
    await _must_be_known(door, space_id, person_id)
    await changed_recording(
        door,
        space_id,
        lambda recording: recording.without([person_id], is_own_wish=who.person_id == person_id),
        kind="removal_asked",
        by=who.id,
        person=person_id,
    )
    return await _told(door, space_id)


@routes.delete("/people/{person_id}")
async def keep_in_record(space_id: str, person_id: PersonId, who: Leader, door: DoorHere) -> RecordTold:
    """Takes the wish for a person's removal back. 409: it is done, or it was their own wish."""
    await changed_recording(
        door,
        space_id,
        lambda recording: recording.with_again(person_id, is_own_wish=who.person_id == person_id),
        kind="removal_undone",
        by=who.id,
        person=person_id,
    )
    return await _told(door, space_id)


async def _must_be_known(door: Door, space_id: str, person_id: str) -> None:
    """Raises: NotFound: neither in the crew, also of those who were taken out, nor in the record."""
    if (await door.crews.get(space_id)).find(person_id) is not None:
        return
    recording = await door.recordings.get(space_id)
    manifest = await door.kept.manifest(recording)
    known = {person.id for person in manifest.people} if manifest else set[str]()
    if person_id not in known | set(recording.wishes.removed):
        raise NotFound(f"Nobody in this record is called {person_id[:60]!r}.")


async def _told(door: Door, space_id: str) -> RecordTold:
    space = await living_space(door, space_id)
    return await record_told(door, space, await door.recordings.get(space_id))


def _with(found: tuple[T, ...], one: T) -> tuple[T, ...]:
    return found if one in found else (*found, one)
