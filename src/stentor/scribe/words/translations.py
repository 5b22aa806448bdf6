"""A record's translations on the shelf: what was translated so far, and the texts that are made of it.

Comes in: a language's memory, `translation/<language>.json`. Goes out: transcript and brief in that language,
once nothing of them lacks. Never: a sentence in the memory that the newest versions do not have: whoever is
removed is in no translation either.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from stentor.errors import NotFound
from stentor.record.brief import Brief
from stentor.record.texts.briefs import brief_texts
from stentor.record.texts.transcripts import transcript_texts
from stentor.record.transcript import Transcript
from stentor.record.translation import Meaning, texts_of, translated_brief, translated_transcript
from stentor.shelf import layout
from stentor.shelf.store import SpaceShelf


@dataclass(frozen=True, slots=True)
class Memory:
    """What was translated into one language.

    Args:
        source: from which language.
        texts: as in `Meaning`.
    """

    source: str
    engine: str
    texts: Mapping[str, str | None]

    @classmethod
    async def read(cls, files: SpaceShelf, language: str) -> Self | None:
        """None: nothing yet, or nothing that can be read: it is made again. Raises: ShelfAway."""
        try:
            found = json.loads(await files.get(layout.translation(language)))
            return cls(found["source"], found["engine"], dict(found["texts"]))
        except (NotFound, ValueError, KeyError, TypeError):
            return None

    def of(self, texts: Iterable[str]) -> Self:
        """Only what is known of these."""
        known = {text: self.texts[text] for text in texts if text in self.texts}
        return type(self)(self.source, self.engine, known)

    def as_bytes(self) -> bytes:
        told: dict[str, Any] = {"source": self.source, "engine": self.engine, "texts": dict(self.texts)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Args: languages: those in which nothing lacks. texts: their files, and the memory of every language."""

    languages: tuple[str, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)


async def rendered(
    files: SpaceShelf, languages: Sequence[str], transcript: Transcript, brief: Brief, *, title: str
) -> Rendered:
    """Every wished language that is complete, for these versions. Raises: ShelfAway.

    A memory of a language that nobody wishes goes: nothing else would clear it of who is removed.
    """
    wanted = texts_of(transcript, brief)
    texts: dict[str, bytes] = {}
    complete = []
    for language in languages:
        memory = await Memory.read(files, language)
        if memory is None or memory.source != transcript.language:
            continue
        memory = memory.of(wanted)
        texts[layout.translation(language)] = memory.as_bytes()
        if len(memory.texts) == len(wanted):
            complete.append(language)
            meaning = Meaning(language, memory.engine, memory.texts)
            texts |= await asyncio.to_thread(_texts, transcript, brief, meaning, title=title)
    for name in set(await files.names(layout.TRANSLATIONS)) - set(texts):
        await files.remove(name)
    return Rendered(tuple(complete), texts)


def _texts(transcript: Transcript, brief: Brief, meaning: Meaning, *, title: str) -> dict[str, bytes]:
    said = transcript_texts(translated_transcript(transcript, meaning), title=title)
    told = brief_texts(translated_brief(brief, meaning))
    return {layout.transcript_text(kind, meaning.language): text for kind, text in said.items()} | {
        layout.brief_text(kind, meaning.language): text for kind, text in told.items()
    }
