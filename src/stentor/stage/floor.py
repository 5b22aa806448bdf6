"""The floor: people come in by an offer, speak, leave; whatever the crew's record says is done at once.

Comes in: questions from backstage, the crew's record, RTP from the transports. Goes out: answers, RTP. Never:
a token (backstage has checked it), a person with two connections, somebody on stage whom the record does not
allow there, whichever page, token or packet says otherwise.
"""

import asyncio
import gc
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from stentor.clock import Clock
from stentor.errors import BadInput, BadOffer, Full, NotAllowed, NotYet
from stentor.process import end_tasks
from stentor.space.crew import Crew, Member
from stentor.space.people import Person
from stentor.stage.conduct import Conduct, Verdict
from stentor.stage.desk import Desk, Seat
from stentor.stage.offers import Offers
from stentor.stage.return_feed import ReturnFeed
from stentor.stage.room import Room
from stentor.stage.speaker import Speaker
from stentor.stage.transport import Peer, Transport

log = structlog.get_logger()

NewestCrew = Callable[[], Awaitable[Crew]]
OnPutAway = Callable[[str, str], object]
"""Called with a person's id and why: `too_much` or `broken`."""

_ID_LENGTH_MAX: Final = 64
_SEQUENCE_START_MAX: Final = 0x7FFF
"""The lower half: SRTP loses its place when the number wraps before the first packet arrived."""
_RECORD_TIMEOUT_S: Final = 2.5
_ASK_AGAIN_S: Final = 1.0
_CLOSING_TIMEOUT_S: Final = 3.0


class Floor:
    """Room, desk and connections of one Space, kept in step.

    Args:
        transport: for people and WHIP encoders.
        wire: for what the house itself decodes.
        crew: as it is known now; `obey` brings each change.
        newest_crew: reads the record afresh. May raise LogAway.
        on_put_away: told of each one whose connection the stage has ended; hosts want to know.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        wire: Transport,
        clock: Clock,
        speakers_max: int,
        crew: Crew,
        newest_crew: NewestCrew,
        on_put_away: OnPutAway = lambda _person, _because: None,
    ) -> None:
        self._transport = transport
        self._wire = wire
        self._clock = clock
        self._crew = crew
        self._newest_crew = newest_crew
        self._on_put_away = on_put_away
        self._crew_changed = asyncio.Event()
        self._room = Room(speakers_max=speakers_max)
        self._peers: dict[str, tuple[str, Peer]] = {}
        self._received: dict[str, int] = {}
        self._conducts: dict[str, Conduct] = {}
        self._offers = Offers()
        self._closing: set[asyncio.Task[None]] = set()
        self._has_waste = False
        self.desk = Desk()

    @property
    def people(self) -> list[Person]:
        return self._room.people

    @property
    def lead(self) -> str | None:
        """Who leads now: of those whose line is not lost."""
        return self._crew.leader(self._room.present)

    # ── what backstage asks ──────────────────────────────────────────────────────────────────────────

    async def join(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.join`. Name, role and mute are the crew's, whatever the question says.

        Raises: BadInput: a field is missing or wrong. NotAllowed: not one of the stage, by the record.
            BadOffer, TooLarge: see `Transport.join`. Full. LogAway. NotYet: the record was changed just now.
            TooMany: one connection after the other, or put away a moment ago.
        """
        person_id, session = _text(question, "person"), _text(question, "session")
        offer = _text(question, "offer", length_max=None)
        peer = await self._seat(person_id, session, offer, self._transport)
        return {"answer": peer.answer}

    async def source(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.source`: a voice without WebRTC. Raises: as `join`."""
        person_id, session = _text(question, "person"), _text(question, "session")
        peer = await self._seat(person_id, session, person_id, self._wire)
        answer: dict[str, Any] = json.loads(peer.answer)
        return answer

    async def leave(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.leave`; leaving twice, or with a session that was replaced, is no fault."""
        person_id = _text(question, "person")
        session = _text(question, "session") if question.get("session") is not None else None
        if self._room.leave(person_id, session=session):
            log.info("left", person=person_id)
            self._unseat(person_id)
        return {}

    async def who(self, _question: Mapping[str, Any]) -> dict[str, Any]:
        """Answers `stage.<id>.who`: presence, and which session each one has."""
        people = [
            {"id": person.id, "is_away": person.is_away, "session": self._room.session_of(person.id)}
            for person in self.people
        ]
        return {"lead": self.lead, "people": people}

    # ── what the record says ─────────────────────────────────────────────────────────────────────────

    def obey(self, crew: Crew) -> None:
        """Takes the record as it is now: before the next tick it holds."""
        self._crew = crew
        for person_id in self._room.obey(crew):
            self._room.leave(person_id)
            self._unseat(person_id)
            log.info("taken off the stage", person=person_id)
        for person in self.people:
            seat = self.desk.seats.get(person.id)
            if seat is not None:
                seat.is_muted = person.muted
        self._crew_changed.set()

    def resize(self, *, speakers_max: int) -> None:
        """Another number of places; nobody who has one loses it."""
        self._room.speakers_max = speakers_max

    # ── what each tick does ──────────────────────────────────────────────────────────────────────────

    def send(self, returns: Mapping[str, bytes]) -> None:
        """Sends each person their packet of this tick."""
        for person_id, rtp in returns.items():
            self._peers[person_id][1].send(rtp)

    def look_round(self) -> frozenset[str]:
        """Twice a second or so. Returns who is away: nothing has come for `SPEAKER_GONE_AFTER_S`."""
        now_s = self._clock.monotonic_s()
        for person_id, seat in list(self.desk.seats.items()):
            self._judge(person_id, seat)
            count = seat.speaker.received_count
            if count != self._received.get(person_id):
                self._received[person_id] = count
                self._room.heard(person_id, now_s=now_s)
        for person_id in self._room.look_round(now_s=now_s):
            self._room.leave(person_id)
            self._unseat(person_id)
            log.info("gone", person=person_id)
        self._tidy_up()
        return frozenset(person.id for person in self.people if person.is_away)

    async def close(self) -> None:
        """Everybody leaves. Bounds: 3 s, whatever a connection does."""
        for person in self.people:
            self._room.leave(person.id)
            self._unseat(person.id)
        if self._closing:
            await asyncio.wait(self._closing, timeout=_CLOSING_TIMEOUT_S)
        await end_tasks(*self._closing)

    # ── within ───────────────────────────────────────────────────────────────────────────────────────

    async def _seat(self, person_id: str, session: str, offer: str, transport: Transport) -> Peer:
        self._room.check_room(await self._allowed(person_id))
        self._offers.take(person_id, now_s=self._clock.monotonic_s())
        speaker: Speaker | None = None
        is_over = False

        def receive(rtp: bytes) -> None:
            if speaker is not None:
                speaker.receive(rtp)

        def closed() -> None:
            nonlocal is_over
            is_over = True
            self._lose(person_id, session)

        peer = await transport.join(offer, on_rtp=receive, on_closed=closed)
        if is_over:
            raise BadOffer("The connection ended before it began. Post a new offer.")
        try:
            # The record may have changed while the line was made.
            member = self._crew.require_stage(person_id)
            former = self._room.join(member, session=session, now_s=self._clock.monotonic_s())
        except (Full, NotAllowed):
            await peer.close()
            raise
        speaker = Speaker(
            payload_type=peer.payload_type, level_id=peer.level_id, is_programme=member.is_source
        )
        feed = None if peer.is_deaf else _feed(peer)
        replaced = self._peers.pop(person_id, None)
        self._peers[person_id] = (session, peer)
        self._received[person_id], self._conducts[person_id] = 0, Conduct()
        self.desk.seat(
            person_id, Seat(speaker, feed, is_muted=member.is_muted, is_programme=member.is_source)
        )
        log.info("joined", person=person_id, session=session, came_back=former is not None)
        if replaced is not None:
            self._close_beside(replaced[1])
        return peer

    async def _allowed(self, person_id: str) -> Member:
        """The person's record, if it lets them on stage.

        Whoever was let in a moment ago may be here before the news of it: then the record is asked, and its
        change is waited for. It is not taken from that answer: all changes come by one way, in order.

        Raises: NotAllowed. NotYet. LogAway.
        """
        try:
            return self._crew.require_stage(person_id)
        except NotAllowed:
            (await self._newest_crew()).require_stage(person_id)
        try:
            async with asyncio.timeout(_RECORD_TIMEOUT_S):
                while True:
                    self._crew_changed.clear()
                    member = self._crew.find(person_id)
                    if member is not None and member.may_be_on_stage:
                        return self._crew.require_stage(person_id)
                    await self._crew_changed.wait()
        except TimeoutError:
            raise NotYet(
                "The stage has not heard of this invitation yet.", retry_after_s=_ASK_AGAIN_S
            ) from None

    def _lose(self, person_id: str, session: str) -> None:
        """The connection has ended by itself and cleans up after itself."""
        self._has_waste = True
        if self._room.lose(person_id, session=session, now_s=self._clock.monotonic_s()):
            self._forget(person_id)
            log.info("lost", person=person_id, session=session)

    def _judge(self, person_id: str, seat: Seat) -> None:
        conduct = self._conducts[person_id]
        verdict = conduct.look(excess=seat.speaker.excess_count, broken=seat.speaker.broken_count)
        seat.is_silenced = verdict is not Verdict.HEAR
        if verdict is not Verdict.PUT_AWAY:
            return
        now_s, (session, _) = self._clock.monotonic_s(), self._peers[person_id]
        self._offers.hold(person_id, now_s=now_s)
        self._room.lose(person_id, session=session, now_s=now_s)
        self._unseat(person_id)
        log.warning("put away", person=person_id, because=conduct.because)
        self._on_put_away(person_id, conduct.because)

    def _unseat(self, person_id: str) -> None:
        """Not heard from the next tick on; the connection is closed beside it."""
        peer = self._forget(person_id)
        if peer is not None:
            self._close_beside(peer)

    def _forget(self, person_id: str) -> Peer | None:
        self.desk.unseat(person_id)
        self._received.pop(person_id, None)
        self._conducts.pop(person_id, None)
        _, peer = self._peers.pop(person_id, (None, None))
        return peer

    def _close_beside(self, peer: Peer) -> None:
        """A goodbye may take its time; the next mute must not wait for it."""
        task = asyncio.get_running_loop().create_task(peer.close())
        self._closing.add(task)
        task.add_done_callback(self._closed)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        self._has_waste = True

    def _tidy_up(self) -> None:
        """Takes away what closed connections left.

        Theirs is a circle of objects with large buffers of OpenSSL's at their ends, of which Python knows
        nothing: left to its own rounds the process grew by 11 MB in 200 joins, with this by 1. A round takes
        1 to 5 ms with 13 to 60 people, and comes at most once in a look round.
        """
        if self._has_waste and not self._closing:
            self._has_waste = False
            gc.collect()


def _feed(peer: Peer) -> ReturnFeed:
    return ReturnFeed(
        payload_type=peer.payload_type,
        ssrc=peer.ssrc,
        sequence=random.randint(0, _SEQUENCE_START_MAX),  # noqa: S311  # RTP wants it random, not secret
        timestamp=random.getrandbits(32),
    )


def _text(question: Mapping[str, Any], field: str, *, length_max: int | None = _ID_LENGTH_MAX) -> str:
    value = question.get(field)
    if not isinstance(value, str) or not value:
        raise BadInput(f"The field {field!r} is missing or not a text.")
    if length_max is not None and len(value) > length_max:
        raise BadInput(f"The field {field!r} has {len(value)} characters; the limit is {length_max}.")
    return value
