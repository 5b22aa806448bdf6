"""Who is on stage: join, come back, leave, mute, fall silent. Pure.

Comes in: moves with their time. Goes out: the people in order of arrival, and whom a move replaced. Never: a
connection, a voice.
"""

from dataclasses import dataclass, replace
from typing import Final

from stentor.errors import Full, NotFound
from stentor.limits import SPEAKER_GONE_AFTER_S
from stentor.space.people import Person

_REMEMBERED_MAX: Final = 256


@dataclass(slots=True)
class _Place:
    person: Person
    session: str
    heard_s: float


class Room:
    """The people of one stage.

    Args:
        speakers_max: places; a person who comes back keeps theirs.
    """

    def __init__(self, *, speakers_max: int) -> None:
        self._speakers_max = speakers_max
        self._places: dict[str, _Place] = {}
        self._muted: dict[str, None] = {}
        """Also of those who have left: going out and coming in again is no way around the host."""

    def __len__(self) -> int:
        return len(self._places)

    @property
    def people(self) -> list[Person]:
        """Everybody on stage, in order of arrival."""
        return [place.person for place in self._places.values()]

    def session_of(self, person_id: str) -> str | None:
        place = self._places.get(person_id)
        return place.session if place else None

    def is_muted(self, person_id: str) -> bool:
        return person_id in self._muted

    def check_room(self, person_id: str) -> None:
        """Raises: Full: no place is free, and this person has none."""
        if person_id not in self._places and len(self._places) >= self._speakers_max:
            raise Full("This stage", limit=self._speakers_max)

    def join(self, person: Person, *, session: str, now_s: float) -> str | None:
        """Puts a person on stage, at their old place if they had one.

        Returns: the session that this one replaces.
        Raises: Full.
        """
        self.check_room(person.id)
        former = self._places.get(person.id)
        person = replace(person, muted=self.is_muted(person.id))
        self._places[person.id] = _Place(person, session, heard_s=now_s)
        return former.session if former else None

    def leave(self, person_id: str, *, session: str | None = None) -> bool:
        """Takes a person off stage. False: not there, or with another session by now.

        Args:
            session: None takes off whatever session there is.
        """
        place = self._places.get(person_id)
        if place is None or (session is not None and place.session != session):
            return False
        del self._places[person_id]
        return True

    def mute(self, person_id: str, *, muted: bool) -> None:
        """Raises: NotFound: nobody of that id is on stage."""
        place = self._places.get(person_id)
        if place is None:
            raise NotFound(f"Nobody with the id {person_id[:60]!r} is on this stage.")
        place.person = replace(place.person, muted=muted)
        if muted:
            self._muted[person_id] = None
            while len(self._muted) > _REMEMBERED_MAX:
                del self._muted[next(iter(self._muted))]
        else:
            self._muted.pop(person_id, None)

    def heard(self, person_id: str, *, now_s: float) -> None:
        """Something came from this person, be it silence."""
        place = self._places.get(person_id)
        if place is not None:
            place.heard_s = now_s

    def is_gone(self, person_id: str, *, now_s: float) -> bool:
        """Not even silence has come for three seconds: the line is cut, whatever ICE believes.

        Source: consent checks took 27 to 30 s to notice a killed browser (measured).
        """
        place = self._places.get(person_id)
        return place is None or now_s - place.heard_s >= SPEAKER_GONE_AFTER_S
