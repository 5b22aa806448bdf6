"""Who is present on stage: join, come back, fall silent, leave. Pure.

Comes in: moves with their time, and the crew. Goes out: the people in order of arrival, who must go, whom a
move replaced. Never: a connection, a voice, an opinion about who may be here (that is the crew's record).
"""

from dataclasses import dataclass, replace

from stentor.errors import Full
from stentor.limits import AWAY_KEPT_S, SOURCES_MAX, SPEAKER_GONE_AFTER_S
from stentor.space.crew import Crew, Member, Silence
from stentor.space.people import Person


@dataclass(slots=True)
class _Place:
    person: Person
    session: str
    heard_s: float


class Room:
    """The people of one stage.

    Args:
        speakers_max: places for people; whoever comes back keeps theirs. Programmes have places of their own.
    """

    def __init__(self, *, speakers_max: int) -> None:
        self.speakers_max = speakers_max
        self._places: dict[str, _Place] = {}

    @property
    def people(self) -> list[Person]:
        """Everybody on stage, in order of arrival; also who is away for a moment."""
        return [place.person for place in self._places.values()]

    @property
    def present(self) -> list[str]:
        """Whose line is not lost."""
        return [person.id for person in self.people if not person.is_away]

    def session_of(self, person_id: str) -> str | None:
        place = self._places.get(person_id)
        return place.session if place else None

    def check_room(self, member: Member) -> None:
        """Raises: Full: no place is free, and this one has none."""
        if member.id in self._places:
            return
        taken = sum(person.is_source is member.is_source for person in self.people)
        limit = SOURCES_MAX if member.is_source else self.speakers_max
        if taken >= limit:
            raise Full("This stage", limit=limit)

    def join(self, member: Member, *, session: str, now_s: float) -> str | None:
        """Puts somebody on stage, at their old place if they had one.

        Returns: the session that this one replaces.
        Raises: Full.
        """
        self.check_room(member)
        former = self._places.get(member.id)
        self._places[member.id] = _Place(person_of(member), session, heard_s=now_s)
        return former.session if former else None

    def leave(self, person_id: str, *, session: str | None = None) -> bool:
        """Takes somebody off stage. False: not there, or with another session by now.

        Args:
            session: None takes off whatever session there is.
        """
        place = self._places.get(person_id)
        if place is None or (session is not None and place.session != session):
            return False
        del self._places[person_id]
        return True

    def lose(self, person_id: str, *, session: str, now_s: float) -> bool:
        """A connection has ended by itself: its person is away, a programme has left.

        Returns: False: not there, or with another session by now.
        """
        place = self._places.get(person_id)
        if place is None or place.session != session:
            return False
        if place.person.is_source:
            return self.leave(person_id)
        place.heard_s = min(place.heard_s, now_s - SPEAKER_GONE_AFTER_S)
        place.person = replace(place.person, is_away=True)
        return True

    def obey(self, crew: Crew) -> list[str]:
        """Names, roles and mutes as the record has them. Returns: who may not be here any more."""
        unwanted = []
        for person_id, place in self._places.items():
            member = crew.find(person_id)
            if member is None or not member.may_be_on_stage or crew.is_banned(person_id=person_id):
                unwanted.append(person_id)
            else:
                place.person = replace(person_of(member), is_away=place.person.is_away)
        return unwanted

    def heard(self, person_id: str, *, now_s: float) -> None:
        """Something came from them, be it silence."""
        place = self._places.get(person_id)
        if place is not None:
            place.heard_s = now_s
            place.person = replace(place.person, is_away=False)

    def look_round(self, *, now_s: float) -> list[str]:
        """Marks as away from whom not even silence has come for three seconds, whatever ICE believes.

        Returns: who has been away for so long that they must go.
        Source: consent checks took 27 to 30 s to notice a killed browser (measured).
        """
        for place in self._places.values():
            if not place.person.is_away and now_s - place.heard_s >= SPEAKER_GONE_AFTER_S:
                place.person = replace(place.person, is_away=True)
        kept_s = SPEAKER_GONE_AFTER_S + AWAY_KEPT_S
        return [id_ for id_, place in self._places.items() if now_s - place.heard_s >= kept_s]


def person_of(member: Member) -> Person:
    """How a member of the crew appears on stage."""
    return Person(
        member.id,
        member.name,
        member.role,
        muted=member.is_muted,
        is_locked=member.silence is Silence.LOCKED,
        is_source=member.is_source,
    )
