"""The first engine of whose draft something can be proved writes the brief; the extractive one always can."""

from dataclasses import dataclass

from brief_talks import debate
from stentor.errors import EngineFailed
from stentor.record.brief import Brief, Line, Quote
from stentor.scribe.brief.making import make
from stentor.scribe.brief.port import Material

TALK = debate().transcript
MATERIAL = Material("Free buses?", "", TALK)


@dataclass
class Drafts:
    """An engine that drafts one line, or fails."""

    text: str | None

    @property
    def name(self) -> str:
        return "model"

    async def draft(self, material: Material) -> Brief:
        if self.text is None:
            raise EngineFailed("It did not answer.")
        line = Line(self.text, (Quote("t1", "Daniel", self.text, 0, 0, 1.0),))
        return Brief(9, 9, "en", "x", material.title, {}, (line,), (), ())


async def test_an_engine_whose_draft_stands_is_believed() -> None:
    made = await make(MATERIAL, engines=[Drafts("Free is never free.")], version=4, made_ms=7)
    brief = made.brief
    assert not made.given_up
    assert (brief.engine, brief.version, brief.transcript, brief.made_ms) == ("model", 4, 1, 7)
    assert brief.summary[0].start_ms > 7_530


async def test_an_invented_draft_and_a_silent_engine_give_way_to_the_extractive_one() -> None:
    made = await make(MATERIAL, engines=[Drafts(None), Drafts("Free is always free.")], version=1)
    brief = made.brief
    assert made.given_up == "Nothing of model's draft stands in the transcript."
    assert brief.engine == "extractive"
    assert len(brief.sections) >= 3


async def test_a_talk_without_a_word_has_an_empty_brief() -> None:
    silent = Material("Silence", "", type(TALK)(1, "en", "x", {}, ()))
    brief = (await make(silent, engines=[], version=1)).brief
    assert (brief.summary, brief.sections, brief.claims) == ((), (), ())
