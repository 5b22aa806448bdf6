"""The ports of the brief: an engine that drafts one, an engine that puts words into another language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from stentor.record.brief import Brief
from stentor.record.chapters import Chapter
from stentor.record.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Material:
    """What a brief is made from.

    Args:
        chapters: hosts' own; where there are some, they are the topics.
    """

    title: str
    description: str
    transcript: Transcript
    chapters: tuple[Chapter, ...] = ()


class Briefer(Protocol):
    """An engine. Its draft is not believed: `record/proof.py` drops what the transcript does not carry."""

    @property
    def name(self) -> str: ...

    async def draft(self, material: Material) -> Brief:
        """Raises: EngineFailed: it did not answer in time, or with nothing that can be used."""


class Translator(Protocol):
    """An engine that translates sentence by sentence."""

    @property
    def name(self) -> str: ...

    def languages(self, source: str) -> tuple[str, ...]:
        """Into which languages it can translate from this one; empty: into whatever is asked."""

    async def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """As many texts as were given, in their order; empty where it has none. Raises: EngineFailed."""
