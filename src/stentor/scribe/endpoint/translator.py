"""Translation by a language model, sentence by sentence.

Comes in: texts in one language. Goes out: as many in the other. Never: a text under another's number; a
third question for the same text. Whether a translation is believed is for `record/translation.py`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from stentor.errors import EngineFailed
from stentor.scribe.endpoint.answers import TranslationAnswer
from stentor.scribe.endpoint.asking import about_sentences
from stentor.scribe.endpoint.client import Endpoint

log = structlog.get_logger()

BATCH_TEXTS_MAX: Final = 40
BATCH_CHARS_MAX: Final = 6_000
"""The answer is as long as the question, and models lose count in long lists."""


class ModelTranslator:
    """One model. Args: request_chars: of the texts in one request, if that is less than BATCH_CHARS_MAX."""

    def __init__(self, endpoint: Endpoint, *, request_chars: int) -> None:
        self._endpoint = endpoint
        self._chars = min(request_chars, BATCH_CHARS_MAX)

    @property
    def name(self) -> str:
        return self._endpoint.name

    def languages(self, source: str) -> tuple[str, ...]:  # noqa: ARG002  # the port's; a model tries any
        return ()

    async def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Bounds: one request for a batch, a second one for what the first answer left out."""
        found: list[str] = []
        for batch in batches(texts, chars=self._chars):
            told = await self._asked(batch, source=source, target=target)
            lacking = [at for at, text in enumerate(told) if not text]
            if lacking:
                again = await self._asked([batch[at] for at in lacking], source=source, target=target)
                for at, text in zip(lacking, again, strict=True):
                    told[at] = text
            if not any(told):
                raise EngineFailed(f"{self.name} has translated none of {len(batch)} sentences.")
            found += told
        return found

    async def _asked(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        asking = about_sentences(texts, source=source, target=target)
        answer = await self._endpoint.ask(TranslationAnswer, task=asking.task, material=asking.material)
        told = [""] * len(texts)
        for given in answer.sentences:
            # The first under a number counts: an answer that goes on after its end begins anew with 1.
            if 1 <= given.number <= len(texts) and not told[given.number - 1]:
                told[given.number - 1] = given.text.strip()
        return told


def batches(texts: Sequence[str], *, chars: int) -> Iterator[Sequence[str]]:
    """All of them in order, each batch with at most so many characters, or one text."""
    first, size = 0, 0
    for at, text in enumerate(texts):
        if at > first and (size + len(text) > chars or at - first == BATCH_TEXTS_MAX):
            yield texts[first:at]
            first, size = at, 0
        size += len(text)
    if len(texts) > first:
        yield texts[first:]
