"""Questions from the audience, as those who lead see them: on screen, put away, banned, open or closed."""

from typing import Annotated

from fastapi import APIRouter, Path

from stentor.backstage.access.asker import Asker, Leader
from stentor.backstage.api.models import Strict
from stentor.backstage.api.questions_told import QuestionsTold
from stentor.backstage.door import Door, DoorHere
from stentor.backstage.moves import changed_crew, changed_questions, living_space
from stentor.errors import Conflict
from stentor.space.crew import Ban, BanKind

QuestionId = Annotated[str, Path(min_length=1, max_length=60, description="As the list names it.")]

routes = APIRouter(prefix="/api/spaces/{space_id}/questions", tags=["questions"])


class OpenWanted(Strict):
    is_open: bool


@routes.get("")
async def list_questions(space_id: str, who: Leader, door: DoorHere) -> QuestionsTold:  # noqa: ARG001
    """All of them, at most 200, the oldest first."""
    await living_space(door, space_id)
    return QuestionsTold.of(await door.questions.get(space_id))


@routes.put("/open")
async def open_questions(space_id: str, wanted: OpenWanted, who: Leader, door: DoorHere) -> QuestionsTold:
    """Whether the audience may ask."""
    questions = await changed_questions(
        door,
        space_id,
        lambda found: found.opened(is_open=wanted.is_open),
        kind="questions_open",
        by=who.id,
        is_open=wanted.is_open,
    )
    return QuestionsTold.of(questions)


@routes.delete("/screen")
async def clear_screen(space_id: str, who: Leader, door: DoorHere) -> QuestionsTold:
    """Takes the question off everybody's screen; it is done."""
    questions = await changed_questions(
        door, space_id, lambda found: found.taken_off_screen(), kind="question_off", by=who.id
    )
    return QuestionsTold.of(questions)


@routes.post("/{question_id}/screen")
async def show_question(space_id: str, question_id: QuestionId, who: Leader, door: DoorHere) -> QuestionsTold:
    """Puts a question on everybody's screen, in place of the one that is there."""
    questions = await changed_questions(
        door,
        space_id,
        lambda found: found.put_on_screen(question_id),
        kind="question_on",
        by=who.id,
        question=question_id,
    )
    return QuestionsTold.of(questions)


@routes.delete("/{question_id}")
async def put_question_away(
    space_id: str, question_id: QuestionId, who: Leader, door: DoorHere
) -> QuestionsTold:
    """Done, and not on screen."""
    questions = await changed_questions(
        door,
        space_id,
        lambda found: found.put_away(question_id),
        kind="question_away",
        by=who.id,
        question=question_id,
    )
    return QuestionsTold.of(questions)


@routes.post("/{question_id}/ban")
async def ban_author(space_id: str, question_id: QuestionId, who: Leader, door: DoorHere) -> QuestionsTold:
    """Bans the network that a question came from: no questions and no wishes to speak from there.

    Its questions go, too. 409: nobody knows where it came from.
    """
    found = (await door.questions.get(space_id)).question(question_id)
    if not found.network:
        raise Conflict("It is not known where this question came from. Put it away instead.")
    await _ban_network(door, space_id, who, network=found.network, name=found.name or found.text[:40])
    questions = await changed_questions(
        door,
        space_id,
        lambda questions: questions.without_network(found.network),
        kind="question_banned",
        by=who.id,
        question=question_id,
    )
    return QuestionsTold.of(questions)


async def _ban_network(door: Door, space_id: str, who: Asker, *, network: str, name: str) -> None:
    ban = Ban(BanKind.NETWORK, network, name, who.id, door.clock.wall_ms())
    await changed_crew(
        door, space_id, lambda crew: crew.banned(ban), kind="banned", by=who.id, of=BanKind.NETWORK.value
    )
