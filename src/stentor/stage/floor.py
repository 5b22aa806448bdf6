"""The floor: people come in by an offer, speak, are muted, leave.

Comes in: questions from backstage, RTP from the transport. Goes out: answers, RTP. Never: the log, an
invitation's check (backstage has done it), a person with two connections.
"""

import random
from collections.abc import Mapping
from typing import Any, Final

import structlog

from stentor.clock import Clock
from stentor.errors import BadInput, BadOffer, Full
from stentor.limits import NAME_LENGTH_MAX
from stentor.space.people import Person, Role, checked_name
from stentor.stage.desk import Desk, Seat
from stentor.stage.return_feed import ReturnFeed
from stentor.stage.room import Room
from stentor.stage.speaker import Speaker
from stentor.stage.transport import Peer, Transport

log = structlog.get_logger()

_ID_LENGTH_MAX: Final = 64
_SEQUENCE_START_MAX: Final = 0x7FFF
"""The lower half: SRTP loses its place when the number wraps before the first packet arrived."""


class Floor:
    """Room, desk and connections of one Space, kept in step."""

    def __init__(self, *, transport: Transport, clock: Clock, speakers_max: int) -> None:
        self._transport = transport
        self._clock = clock
        self._room = Room(speakers_max=speakers_max)
        self._peers: dict[str, tuple[str, Peer]] = {}
        self._received: dict[str, int] = {}
        self.desk = Desk()

    @property
    def people(self) -> list[Person]:
        return self._room.people

    async def join(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.join`.

        Raises: BadInput: a field is missing or wrong. BadOffer, TooLarge: see `Transport.join`. Full.
        """
        person_id, session = _text(question, "person"), _text(question, "session")
        offer = _text(question, "offer", length_max=None)
        try:
            role = Role(question.get("role", ""))
        except ValueError:
            raise BadInput(
                f"The role is {str(question.get('role'))[:20]!r}; it must be one of {list(Role)}."
            ) from None
        person = Person(
            person_id, checked_name(_text(question, "name", length_max=10 * NAME_LENGTH_MAX)), role
        )
        self._room.check_room(person_id)
        speaker: Speaker | None = None
        is_over = False

        def receive(rtp: bytes) -> None:
            if speaker is not None:
                speaker.receive(rtp)

        def closed() -> None:
            nonlocal is_over
            is_over = True
            self._closed(person_id, session)

        peer = await self._transport.join(offer, on_rtp=receive, on_closed=closed)
        if is_over:
            raise BadOffer("The connection ended before it began. Post a new offer.")
        try:
            former = self._room.join(person, session=session, now_s=self._clock.monotonic_s())
        except Full:
            await peer.close()
            raise
        speaker = Speaker(payload_type=peer.payload_type, level_id=peer.level_id)
        feed = ReturnFeed(
            payload_type=peer.payload_type,
            ssrc=peer.ssrc,
            sequence=random.randint(0, _SEQUENCE_START_MAX),  # noqa: S311  # RTP wants it random, not secret
            timestamp=random.getrandbits(32),
        )
        replaced = self._peers.pop(person_id, None)
        self._peers[person_id] = (session, peer)
        self.desk.seat(person_id, Seat(speaker, feed, is_muted=self._room.is_muted(person_id)))
        log.info("joined", person=person_id, session=session, came_back=former is not None)
        if replaced is not None:
            await replaced[1].close()
        return {"answer": peer.answer}

    async def leave(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.leave`; leaving twice, or with a session that was replaced, is no fault."""
        person_id = _text(question, "person")
        session = _text(question, "session") if question.get("session") is not None else None
        await self._take_off(person_id, session)
        return {}

    async def mute(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.mute`. Raises: BadInput. NotFound: nobody of that id is on stage."""
        person_id, muted = _text(question, "person"), question.get("muted")
        if not isinstance(muted, bool):
            raise BadInput("The field 'muted' must be true or false.")
        self._room.mute(person_id, muted=muted)
        self.desk.seats[person_id].is_muted = muted
        return {}

    def send(self, returns: Mapping[str, bytes]) -> None:
        """Sends each person their packet of this tick."""
        for person_id, rtp in returns.items():
            self._peers[person_id][1].send(rtp)

    def look_round(self) -> frozenset[str]:
        """Once per chunk. Returns whose line is cut: nothing has come for `SPEAKER_GONE_AFTER_S`."""
        now_s = self._clock.monotonic_s()
        gone = set()
        for person_id, seat in self.desk.seats.items():
            count = seat.speaker.received_count
            if count != self._received.get(person_id):
                self._received[person_id] = count
                self._room.heard(person_id, now_s=now_s)
            elif self._room.is_gone(person_id, now_s=now_s):
                gone.add(person_id)
        return frozenset(gone)

    async def close(self) -> None:
        """Everybody leaves."""
        for person_id in list(self._peers):
            await self._take_off(person_id, None)

    async def _take_off(self, person_id: str, session: str | None) -> None:
        if not self._room.leave(person_id, session=session):
            return
        self._forget(person_id)
        _, peer = self._peers.pop(person_id)
        log.info("left", person=person_id)
        await peer.close()

    def _closed(self, person_id: str, session: str) -> None:
        """The connection has ended by itself and cleans up after itself."""
        if self._room.leave(person_id, session=session):
            self._forget(person_id)
            self._peers.pop(person_id, None)
            log.info("lost", person=person_id, session=session)

    def _forget(self, person_id: str) -> None:
        self.desk.unseat(person_id)
        self._received.pop(person_id, None)


def _text(question: Mapping[str, Any], field: str, *, length_max: int | None = _ID_LENGTH_MAX) -> str:
    value = question.get(field)
    if not isinstance(value, str) or not value:
        raise BadInput(f"The field {field!r} is missing or not a text.")
    if length_max is not None and len(value) > length_max:
        raise BadInput(f"The field {field!r} has {len(value)} characters; the limit is {length_max}.")
    return value
