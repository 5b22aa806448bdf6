"""A brief by a language model: the engine of the port that may write sentences of its own.

Comes in: a transcript. Goes out: a draft. Never: a draft of which the transcript carries less than half:
whoever invents so much is not believed in the rest either.
"""

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from stentor.errors import EngineFailed
from stentor.record.brief import SUMMARY_LINES_MAX, Brief, Line
from stentor.record.proof import proved
from stentor.record.transcript import Transcript
from stentor.scribe.brief.extractive import MENTIONS_MAX
from stentor.scribe.brief.lexicon import lexicon
from stentor.scribe.brief.mentions import mentions
from stentor.scribe.brief.passages import sentences
from stentor.scribe.brief.port import Material
from stentor.scribe.endpoint.answers import PartAnswer, SummaryAnswer
from stentor.scribe.endpoint.asking import about_part, about_summary, parts_of
from stentor.scribe.endpoint.client import Endpoint
from stentor.scribe.endpoint.drafting import Drafting, summary_of

log = structlog.get_logger()

_STANDING_SHARE_MIN: Final = 0.5


class ModelBriefer:
    """One model.

    Args:
        request_chars: of the transcript in one request.
        requests_max: for one brief; a longer talk is left to another engine.
        brief_s: for all of them together.
    """

    def __init__(self, endpoint: Endpoint, *, request_chars: int, requests_max: int, brief_s: float) -> None:
        self._endpoint = endpoint
        self._request_chars = request_chars
        self._requests_max = requests_max
        self._brief_s = brief_s

    @property
    def name(self) -> str:
        return self._endpoint.name

    async def draft(self, material: Material) -> Brief:
        """Bounds: `requests_max` requests, one after the other; `brief_s`."""
        try:
            async with asyncio.timeout(self._brief_s):
                return await self._draft(material)
        except TimeoutError:
            raise EngineFailed(f"{self.name} has written no brief within {self._brief_s:g} s.") from None

    async def _draft(self, material: Material) -> Brief:
        transcript = material.transcript
        parts = parts_of(transcript, chars=self._request_chars)
        if len(parts) + 1 > self._requests_max:
            raise EngineFailed(
                f"{self.name} would be asked {len(parts) + 1} times; llm_requests_max is "
                f"{self._requests_max}."
            )
        drafting = Drafting(transcript)
        for part in parts:
            asking = about_part(transcript, part, chapters=material.chapters)
            drafting.add(
                await self._endpoint.ask(PartAnswer, task=asking.task, material=asking.material), part
            )
        sections, claims = drafting.finished(material.chapters)
        brief = Brief(
            version=1,
            transcript=transcript.version,
            language=transcript.language,
            engine=self.name,
            title=material.title,
            names=dict(transcript.names),
            summary=(),
            sections=sections,
            claims=claims,
            figures=await asyncio.to_thread(_figures, transcript),
        )
        brief = self._standing(brief, material, given=drafting.given)
        return replace(brief, summary=await self._summary(brief, material))

    def _standing(self, brief: Brief, material: Material, *, given: int) -> Brief:
        """What the transcript carries. Raises: EngineFailed: it is less than half."""
        brief = proved(brief, material.transcript).brief
        kept = sum(len(section.lines) for section in brief.sections) + len(brief.claims)
        log.info("a model drafted a brief", lines=given, stand=kept)
        if kept < given * _STANDING_SHARE_MIN or not brief.sections:
            raise EngineFailed(f"Of {given} lines by {self.name} only {kept} stand in the transcript.")
        return brief

    async def _summary(self, brief: Brief, material: Material) -> tuple[Line, ...]:
        lines = [line for section in brief.sections for line in section.lines]
        asking = about_summary(lines, language=brief.language)
        answer = await self._endpoint.ask(SummaryAnswer, task=asking.task, material=asking.material)
        summary = summary_of(answer.summary, lines, material.transcript)
        standing = proved(replace(brief, summary=summary), material.transcript).brief.summary
        if len(standing) < min(len(answer.summary), SUMMARY_LINES_MAX) * _STANDING_SHARE_MIN or not standing:
            raise EngineFailed(
                f"Of {len(answer.summary)} lines of a summary by {self.name} only {len(standing)} stand."
            )
        return standing


def _figures(transcript: Transcript) -> tuple[Line, ...]:
    """Figures and names are found by code: it misses none, and asks nobody."""
    table = lexicon(transcript.language)
    speakers = transcript.names.values()
    return mentions(sentences(transcript), table, speakers=speakers, most=MENTIONS_MAX)
