"""Questions from the audience: asked in text, seen by hosts, put on screen by them or not. Pure.

Comes in: texts with their time, hosts' decisions. Goes out: the list after it. Never: a question on anybody's
screen that no host has put there.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from stentor.errors import BadInput, NotFound
from stentor.limits import NAME_LENGTH_MAX, QUESTION_LENGTH_MAX, QUESTIONS_MAX
from stentor.space.people import plain_text


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Args:
        name: what its author calls themselves; may be empty.
        network: keyed hash of where it came from, for a ban.
        is_done: answered, or put away; it makes room first.
    """

    id: str
    text: str
    name: str
    at_ms: int
    network: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Questions:
    """One Space's questions, the oldest first.

    Args:
        is_open: the audience may ask.
        on_screen: id of the question that everybody sees.

    Bounds: 200; what is done makes room first, then the oldest that is not on screen.
    """

    space_id: str
    is_open: bool = True
    items: tuple[Question, ...] = ()
    on_screen: str | None = None

    def question(self, question_id: str) -> Question:
        """Raises: NotFound."""
        found = next((q for q in self.items if q.id == question_id), None)
        if found is None:
            raise NotFound(
                f"There is no question {question_id[:60]!r}; it may have made room for newer ones."
            )
        return found

    @property
    def shown(self) -> Question | None:
        return next((q for q in self.items if q.id == self.on_screen), None)

    def asked(self, question: Question) -> Self:
        """With one more."""
        items = self.items
        if len(items) >= QUESTIONS_MAX:
            away = next((q for q in items if q.is_done and q.id != self.on_screen), None)
            away = away or next(q for q in items if q.id != self.on_screen)
            items = tuple(q for q in items if q is not away)
        return replace(self, items=(*items, question))

    def put_on_screen(self, question_id: str) -> Self:
        """Raises: NotFound."""
        self.question(question_id)
        return replace(self, on_screen=question_id)

    def taken_off_screen(self) -> Self:
        """What was on screen is done."""
        done = tuple(replace(q, is_done=True) if q.id == self.on_screen else q for q in self.items)
        return replace(self, items=done, on_screen=None)

    def put_away(self, question_id: str) -> Self:
        """Done, and not on screen. Raises: NotFound."""
        self.question(question_id)
        done = tuple(replace(q, is_done=True) if q.id == question_id else q for q in self.items)
        return replace(self, items=done, on_screen=None if self.on_screen == question_id else self.on_screen)

    def opened(self, *, is_open: bool) -> Self:
        return replace(self, is_open=is_open)

    def without_network(self, network: str) -> Self:
        """Nothing from there any more."""
        gone = {q.id for q in self.items if q.network == network}
        return replace(
            self,
            items=tuple(q for q in self.items if q.id not in gone),
            on_screen=None if self.on_screen in gone else self.on_screen,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"items": [asdict(q) for q in self.items]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{**data, "items": tuple(Question(**q) for q in data["items"])})


def checked_question(text: str) -> str:
    """One plain line. Raises: BadInput: empty or too long."""
    question = plain_text(text)
    if not 1 <= len(question) <= QUESTION_LENGTH_MAX:
        raise BadInput(
            f"The question has {len(question)} characters; it must have 1 to {QUESTION_LENGTH_MAX}."
        )
    return question


def checked_author(text: str) -> str:
    """A name that may be empty. Raises: BadInput: too long."""
    name = plain_text(text)
    if len(name) > NAME_LENGTH_MAX:
        raise BadInput(f"A name has {len(name)} characters; the limit is {NAME_LENGTH_MAX}.")
    return name
