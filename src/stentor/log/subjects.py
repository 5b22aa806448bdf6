"""Subjects, stream names and message ids. docs/PROTOCOL.md section 1 is their contract. Pure."""

from dataclasses import dataclass
from typing import Self

from stentor.space.rung import Rung


def stream_of(space_id: str) -> str:
    return f"SPACE_{space_id}"


def chunk_subject(space_id: str, rung: Rung, number: int) -> str:
    return f"space.{space_id}.chunk.{rung.value}.{number}"


def tick_subject(space_id: str, number: int) -> str:
    return f"space.{space_id}.tick.{number}"


def voice_subject(space_id: str, person_id: str, number: int) -> str:
    return f"space.{space_id}.voice.{person_id}.{number}"


def event_subject(space_id: str) -> str:
    return f"space.{space_id}.event"


def count_subject(space_id: str, at_ms: int) -> str:
    return f"space.{space_id}.count.{at_ms}"


def message_id(subject: str) -> str:
    """`space.demo.chunk.aac64.17` → `chunk.aac64/17`; the same bytes' second writer has the same id."""
    _, _, kind = subject.split(".", 2)
    head, _, number = kind.rpartition(".")
    return f"{head}/{number}"


@dataclass(frozen=True, slots=True)
class ChunkName:
    """A chunk's place in the log, read back from its subject."""

    space_id: str
    rung: Rung
    number: int

    @classmethod
    def parse(cls, subject: str) -> Self:
        _, space_id, _, rung, number = subject.split(".")
        return cls(space_id, Rung(rung), int(number))


def number_of(subject: str) -> int:
    """The last token of a chunk, tick or voice subject."""
    return int(subject.rpartition(".")[2])
