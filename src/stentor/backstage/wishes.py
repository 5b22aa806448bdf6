"""What listeners want of the stage door, passed on by the edges: to speak, to ask a question.

Comes in: requests over NATS, one door of several answers each. Goes out: a link that makes a listener
somebody in the line; a question in the hosts' list. Never: a listener at this door before a host can see
them; more than ten wishes of each kind a second and Space, whatever the crowd does: the edges pace them too,
but an edge faces strangers.
"""

import asyncio
from typing import Any, Final

from stentor.backstage.access.pace import Pace
from stentor.backstage.door import Door
from stentor.backstage.inviting import Guest, invite
from stentor.backstage.moves import living_space
from stentor.errors import BadInput, Conflict, Full, Gone, NotAllowed, StentorError, TooMany
from stentor.limits import INVITATIONS_ASKED_MAX, LINE_LENGTH_MAX
from stentor.log.answering import Answer
from stentor.log.bus import Subscription
from stentor.space.crew import checked_note
from stentor.space.invitation import ASKED
from stentor.space.names import new_id
from stentor.space.people import Role, checked_name
from stentor.space.questions import Question, Questions, checked_author, checked_question

QUEUE: Final = "door"
_TEXT_LENGTH_MAX: Final = 1_000
_EVERY_S: Final = 0.1
_BURST: Final = 10
_TURNS: Final = 64
_SWEEP_EVERY_S: Final = 30.0


class Wishes:
    """Answers `door.ask` and `door.question`."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._asks = Pace("Wishes to speak", burst=_BURST, every_s=_EVERY_S)
        self._questions = Pace("Questions", burst=_BURST, every_s=_EVERY_S)
        self._turns = [asyncio.Lock() for _ in range(_TURNS)]
        self._sweeps = Pace("Sweeps", burst=1, every_s=_SWEEP_EVERY_S)

    async def serve(self) -> list[Subscription]:
        """Begins to answer. Returns: what to close."""
        bus = self._door.bus
        return [
            await bus.serve("door.ask", self._counted("ask", self.ask), queue=QUEUE),
            await bus.serve("door.question", self._counted("question", self.question), queue=QUEUE),
        ]

    async def ask(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Puts a listener into the line: `{"space", "name", "note", "network"}` → `{"link"}`.

        Raises: BadInput. TooMany. NoSuchSpace. Gone. NotAllowed: banned. Full: the line. LogAway.
        """
        door, space_id, network = self._door, _text(wish, "space"), _text(wish, "network")
        name, note = checked_name(_text(wish, "name")), checked_note(_text(wish, "note"))
        self._asks.take(space_id, now_s=door.clock.monotonic_s())
        await self._must_be_welcome(space_id, network)
        if len((await door.crews.get(space_id)).line) >= LINE_LENGTH_MAX:
            raise Full("The line of people who want to speak", limit=LINE_LENGTH_MAX, retry_after_s=30)
        await self._make_room(space_id)
        guest = Guest(
            name,
            Role.LISTENER,
            parent_id=ASKED,
            network=network,
            note=note,
            asked_ms=door.clock.wall_ms(),
        )
        async with self._turn(space_id):
            made = await invite(door, space_id, guest)
        door.events.note(space_id, "asked", by=made.invitation.person_id, person=made.invitation.person_id)
        return {"link": door.invitation_link(made.token)}

    async def question(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Puts a question into the hosts' list: `{"space", "text", "name", "network"}` → `{}`.

        Raises: BadInput. TooMany. NoSuchSpace. Gone. NotAllowed: banned. Conflict: closed. LogAway.
        """
        door, space_id, network = self._door, _text(wish, "space"), _text(wish, "network")
        question = Question(
            new_id(),
            checked_question(_text(wish, "text")),
            checked_author(_text(wish, "name")),
            door.clock.wall_ms(),
            network=network,
        )
        self._questions.take(space_id, now_s=door.clock.monotonic_s())
        await self._must_be_welcome(space_id, network)

        def asked(questions: Questions) -> Questions:
            if not questions.is_open:
                raise Conflict("The host takes no questions at the moment.")
            return questions.asked(question)

        async with self._turn(space_id):
            await door.questions.change(space_id, asked)
        return {}

    def _counted(self, kind: str, answer: Answer) -> Answer:
        async def counted(wish: dict[str, Any]) -> dict[str, Any]:
            try:
                told = await answer(wish)
            except StentorError as error:
                self._door.metrics.wish_answered(kind, error.answer_status)
                raise
            self._door.metrics.wish_answered(kind, 200)
            return told

        return counted

    def _turn(self, space_id: str) -> asyncio.Lock:
        """Wishes of one Space change one record: in turn, since those that meet would have to ask again."""
        return self._turns[hash(space_id) % _TURNS]

    async def _must_be_welcome(self, space_id: str, network: str) -> None:
        space = await living_space(self._door, space_id)
        if space.state.is_over:
            raise Gone(f"The Space {space_id!r} has ended.")
        if (await self._door.crews.get(space_id)).is_banned(network=network):
            raise NotAllowed("The host of this Space has closed it for you.")

    async def _make_room(self, space_id: str) -> None:
        """Links of people who are no longer of the crew are taken away, once there are very many.

        Raises: Full: that does not suffice, or was tried a moment ago.
        """
        door = self._door
        if await door.invitations.count(space_id) < INVITATIONS_ASKED_MAX:
            return
        try:
            self._sweeps.take(space_id, now_s=door.clock.monotonic_s())
        except TooMany as error:
            raise Full(
                "The list of invitations",
                limit=INVITATIONS_ASKED_MAX,
                retry_after_s=error.retry_after_s or _SWEEP_EVERY_S,
            ) from None
        kept = {member.invitation_id for member in (await door.crews.get(space_id)).members}
        await door.invitations.sweep(space_id, kept=kept)


def _text(wish: dict[str, Any], name: str) -> str:
    """Raises: BadInput: it is no text, or far too long."""
    found = wish.get(name, "")
    if not isinstance(found, str) or len(found) > _TEXT_LENGTH_MAX:
        raise BadInput(f"The field {name!r} must be a text of at most {_TEXT_LENGTH_MAX} characters.")
    return found
