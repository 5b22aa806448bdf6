"""The making of a brief: engines draft, the proof judges, the first draft of which something is left wins.

Comes in: the material, engines by preference. Goes out: a brief whose every line stands in the transcript.
Never: a draft as the engine gave it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from stentor.errors import EngineFailed
from stentor.record.brief import Brief
from stentor.record.proof import proved
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Briefer, Material

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Making:
    """A brief, and why it is not by the engine that was preferred.

    Args:
        given_up: a sentence without a word of the transcript; empty: it is.
    """

    brief: Brief
    given_up: str = ""


async def make(material: Material, *, engines: Sequence[Briefer], version: int, made_ms: int = 0) -> Making:
    """The first engine's brief that stands; the extractive one is always the last, and may have no line.

    Args:
        engines: by preference; where the extractive one is not among them, one without a model is added.
        version: which the brief is to have.
        made_ms: wall clock, for the brief.
    """
    preferred = [engine for engine in engines if not isinstance(engine, Extractive)]
    extractive = next((engine for engine in engines if isinstance(engine, Extractive)), Extractive())
    given_up = ""
    for engine in preferred if material.transcript.turns else ():
        try:
            brief = await _drafted(engine, material)
        except EngineFailed as error:
            given_up = error.detail
        else:
            if brief.summary or brief.sections:
                return Making(_signed(brief, engine, version=version, made_ms=made_ms))
            given_up = f"Nothing of {engine.name}'s draft stands in the transcript."
        log.warning("an engine drafted no brief", engine=engine.name, because=given_up)
    brief = await _drafted(extractive, material)
    return Making(_signed(brief, extractive, version=version, made_ms=made_ms), given_up)


async def _drafted(engine: Briefer, material: Material) -> Brief:
    proof = proved(await engine.draft(material), material.transcript)
    if proof.dropped:
        log.info("what a draft could not prove is left out", engine=engine.name, dropped=len(proof.dropped))
    return proof.brief


def _signed(brief: Brief, engine: Briefer, *, version: int, made_ms: int) -> Brief:
    return replace(brief, version=version, engine=engine.name, made_ms=made_ms, is_machine=True, by="machine")
