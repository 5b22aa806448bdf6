"""Asks for the sentences that a record's translations lack, behind everything else.

Comes in: a record whose texts are on the shelf, the languages that are wished. Goes out: each language's
memory (`translations.py`), a part at a time, so that what was asked once is not asked again. Never: a wait of
the texts in the language that was spoken; a sentence of versions that are not the newest any more.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from stentor.backoff import Backoff
from stentor.errors import EngineFailed
from stentor.record.brief import Brief
from stentor.record.recording import Recording
from stentor.record.transcript import Transcript
from stentor.record.translation import believed, texts_of
from stentor.scribe.brief.port import Translator
from stentor.scribe.recording.desk import Desk
from stentor.scribe.words.translations import Memory
from stentor.shelf import layout

log = structlog.get_logger()

AT_ONCE: Final = 40
"""Sentences between two writings: as many as are lost when the engine or this process breaks."""
_AGAIN_FIRST_S: Final = 30.0
_AGAIN_LAST_S: Final = 3_600.0
_NO_ENGINE: Final = "No engine of this house translates. Next step: stentor doctor (llm_url)."


@dataclass(frozen=True, slots=True)
class Versions:
    """What is translated."""

    transcript: Transcript
    brief: Brief


class Interpreter:
    """One process's.

    Args:
        translator: None: the house has none.
        writing: held while words of a record are written; nothing changes them meanwhile.
    """

    def __init__(self, desk: Desk, translator: Translator | None, writing: asyncio.Lock) -> None:
        self._desk = desk
        self._translator = translator
        self._writing = writing
        self._later: dict[str, tuple[Backoff, float]] = {}

    def is_time(self, space_id: str) -> bool:
        _, at_s = self._later.get(space_id, (None, 0.0))
        return self._desk.clock.monotonic_s() >= at_s

    async def fill(self, recording: Recording, versions: Versions) -> str:
        """Every wished language, as far as the engine gives it. Raises: ShelfAway. LogAway.

        Returns: why something lacks, a sentence; empty: nothing does, or there are newer versions.
        Bounds: one request at a time; after a failure 30 s to an hour pass.
        """
        try:
            for language in recording.wishes.languages:
                await self._fill(recording, versions, language)
        except EngineFailed as error:
            backoff, _ = self._later.get(recording.space_id, (Backoff(_AGAIN_FIRST_S, _AGAIN_LAST_S), 0.0))
            at_s = self._desk.clock.monotonic_s() + backoff.after_death(lived_s=0.0)
            self._later[recording.space_id] = backoff, at_s
            log.warning("a translation stands still", space=recording.space_id, because=error.detail)
            return error.detail
        self._later.pop(recording.space_id, None)
        return ""

    async def _fill(self, recording: Recording, versions: Versions, language: str) -> None:
        """Raises: EngineFailed: what was given before is kept."""
        source = versions.transcript.language
        wanted = texts_of(versions.transcript, versions.brief)
        memory = await Memory.read(self._desk.files(recording.space_id), language)
        if memory is None or memory.source != source:
            memory = Memory(source, "", {})
        lacking = [text for text in wanted if text not in memory.texts]
        if lacking and self._translator is None:
            raise EngineFailed(_NO_ENGINE)
        for first in range(0, len(lacking), AT_ONCE):
            assert self._translator is not None
            texts = lacking[first : first + AT_ONCE]
            given = await self._translator.translate(texts, source=source, target=language)
            new = {text: believed(text, told) for text, told in zip(texts, given, strict=True)}
            memory = Memory(source, self._translator.name, {**memory.texts, **new}).of(wanted)
            if not await self._is_kept(recording, language, memory):
                return
        if not lacking and not wanted:
            await self._is_kept(recording, language, memory)

    async def _is_kept(self, recording: Recording, language: str, memory: Memory) -> bool:
        """Whether it was written; not when somebody was removed or something edited meanwhile."""
        async with self._writing:
            now = await self._desk.recordings.get(recording.space_id)
            if versions_of(now) != versions_of(recording) or now.wishes.is_unwanted or now.made.is_gone:
                return False
            await self._desk.files(recording.space_id).put(layout.translation(language), memory.as_bytes())
            return True


def versions_of(recording: Recording) -> tuple[object, ...]:
    """What an engine is asked about: when any of it changes, what was asked meanwhile is of yesterday."""
    wishes = recording.wishes
    return wishes.transcript, wishes.brief, wishes.brief_asked, wishes.removed, wishes.languages
