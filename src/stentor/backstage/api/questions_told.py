"""The audience's questions as they cross the stage door."""

from pydantic import BaseModel, Field

from stentor.space.questions import Question, Questions


class QuestionTold(BaseModel):
    """One question. Where it came from stays here: a ban by it is asked for with the question's id."""

    id: str
    text: str
    name: str = Field(description="What its author calls themselves; may be empty.")
    at_ms: int
    is_done: bool = Field(description="Answered, or put away.")

    @classmethod
    def of(cls, question: Question) -> "QuestionTold":
        return cls(
            id=question.id,
            text=question.text,
            name=question.name,
            at_ms=question.at_ms,
            is_done=question.is_done,
        )


class QuestionsTold(BaseModel):
    """A Space's questions, the oldest first."""

    is_open: bool = Field(description="The audience may ask.")
    on_screen: str | None = Field(description="Id of the question that everybody sees.")
    items: list[QuestionTold]

    @classmethod
    def of(cls, questions: Questions) -> "QuestionsTold":
        return cls(
            is_open=questions.is_open,
            on_screen=questions.on_screen,
            items=[QuestionTold.of(question) for question in questions.items],
        )
