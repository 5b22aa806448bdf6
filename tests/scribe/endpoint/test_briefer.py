"""A model's brief holds what was said; no invention is in it, and who invents too much is not believed."""

from collections.abc import Iterable
from typing import Any

import pytest

from brief_talks import debate
from model_server import Asked, ModelServer, Say, model_server, written
from stentor.errors import EngineFailed
from stentor.record.brief import Brief
from stentor.record.chapters import Chapter
from stentor.record.proof import proved
from stentor.scribe.brief.making import make
from stentor.scribe.brief.port import Material
from stentor.scribe.endpoint.briefer import ModelBriefer
from stentor.scribe.endpoint.client import Endpoint

TALK = debate().transcript
MATERIAL = Material("Should buses be free?", "", TALK)
TALLINN = next(index for index, turn in enumerate(TALK.turns) if "Tallinn" in turn.text)
FREE = next(index for index, turn in enumerate(TALK.turns) if "Free is never free" in turn.text)


def words(index: int, first: int = 0, end: int = 6) -> dict[str, Any]:
    """A true quotation as a model would give it."""
    said = " ".join(word.text for word in TALK.turns[index].words[first:end])
    return {"turn": index + 1, "words": said}


def told(text: str, *quotes: dict[str, Any]) -> dict[str, Any]:
    return {"text": text, "quotes": list(quotes)}


def topic(heading: str, *lines: dict[str, Any], first_turn: int = 1) -> dict[str, Any]:
    return {"heading": heading, "first_turn": first_turn, "lines": list(lines)}


def name(index: int) -> str:
    return TALK.turns[index].person_id


TRUE = told(f"{name(FREE)} doubts it.", words(FREE, 0, 4))
ALSO = told(f"{name(TALLINN)} speaks of a town.", words(TALLINN))
SHORT = {"summary": [{"text": f"{name(FREE)} doubts that buses can be free.", "lines": [1]}]}


def says(topics: Iterable[object], claims: Iterable[object] = (), summary: object = SHORT) -> Say:
    """A model that says this of every part."""
    part = written({"topics": list(topics), "claims": list(claims)})
    return lambda asked: part if asked.form == "PartAnswer" else written(summary)


def briefer(
    server: ModelServer, *, chars: int = 24_000, requests_max: int = 40, brief_s: float = 20
) -> ModelBriefer:
    endpoint = Endpoint(server.url, model="tiny", timeout_s=10)
    return ModelBriefer(endpoint, request_chars=chars, requests_max=requests_max, brief_s=brief_s)


async def drafted(say: Say, *, material: Material = MATERIAL) -> Brief:
    async with model_server(say) as server:
        return await briefer(server).draft(material)


async def test_a_true_answer_becomes_a_brief_that_stands_whole() -> None:
    claim = {"quote": words(TALLINN), "kind": "event", "figures": ["Tallinn", "nothing of the kind"]}
    brief = await drafted(says([topic("Who pays", TRUE), topic("Towns", ALSO)], [claim]))
    assert [section.heading for section in brief.sections] == ["Who pays", "Towns"]
    assert brief.summary[0].quotes[0].turn_id == TALK.turns[FREE].id
    assert brief.claims[0].kind == "event"
    assert brief.figures
    assert brief.engine == "tiny"
    assert proved(brief, TALK).dropped == ()


@pytest.mark.parametrize(
    "false",
    [
        told("Somebody hates it.", {"turn": FREE + 1, "words": "I hate every single bus."}),
        told("A turn that is not there.", {"turn": 999, "words": "Free is never free."}),
        told("Nothing under it."),
        told(f"{name(TALLINN)} doubts it.", words(FREE, 0, 4)),
        told("See https://example.org for more.", words(FREE, 0, 4)),
        told("Write " + "very " * 200 + "much.", words(FREE, 0, 4)),
        told("It was called “a theft”.", words(FREE, 0, 4)),
    ],
    ids=["invented", "turn", "bare", "another person", "link", "long", "marks"],
)
async def test_a_line_that_is_not_carried_is_not_in_the_brief(false: dict[str, Any]) -> None:
    brief = await drafted(says([topic("Who pays", TRUE, false), topic("Towns", ALSO)]))
    lines = [line.text for section in brief.sections for line in section.lines]
    assert lines == [TRUE["text"], ALSO["text"]]


async def test_who_invents_more_than_half_is_not_believed_and_the_reason_is_said() -> None:
    invented = told("They agree.", {"turn": 1, "words": "We all agree on everything."})
    async with model_server(says([topic("Who pays", TRUE, invented, invented)])) as server:
        made = await make(MATERIAL, engines=[briefer(server)], version=1)
    assert made.brief.engine == "extractive"
    assert made.given_up == "Of 3 lines by tiny only 1 stand in the transcript."


async def test_an_invented_summary_is_not_believed() -> None:
    summary = {"summary": [{"text": "All is well.", "lines": [99]}] * 3}
    with pytest.raises(EngineFailed, match="3 lines of a summary by tiny only 0"):
        await drafted(says([topic("Who pays", TRUE)], summary=summary))


async def test_who_obeys_a_speaker_says_nothing_that_was_not_said() -> None:
    """A speaker has told the model to ignore its task, and it does: what it writes does not stand."""
    obeyed = told(f"{name(TALLINN)} is a thief.", {"turn": FREE + 1, "words": "Free is never free."})
    heading = topic("Visit www.example.org", TRUE)
    brief = await drafted(says([topic("Who pays", TRUE, obeyed), heading, topic("Towns", ALSO)]))
    text = str(brief.as_json())
    assert "thief" not in text
    assert "example.org" not in text


async def test_a_long_talk_is_asked_for_in_parts_and_a_topic_goes_over_their_border() -> None:
    async with model_server(_first_turn_of_each_part) as server:
        brief = await briefer(server, chars=1_000).draft(MATERIAL)
    parts = [asked for asked in server.asked if asked.form == "PartAnswer"]
    assert len(parts) > 1
    assert all(len(asked.material) < 1_100 for asked in parts)
    (section,) = brief.sections
    assert len(section.lines) == len(parts)
    assert (section.start_ms, section.end_ms) == (TALK.turns[0].start_ms, TALK.turns[-1].end_ms)


def _first_turn_of_each_part(asked: Asked) -> str:
    if asked.form != "PartAnswer":
        return written(SHORT | {"summary": [{"text": "They talk.", "lines": [1]}]})
    number = int(asked.material.splitlines()[1][1:].partition("]")[0])
    return written({"topics": [topic("Buses", told("It goes on.", words(number - 1, 0, 3)))]})


async def test_a_talk_that_would_cost_too_many_requests_is_not_begun() -> None:
    async with model_server(says([topic("Who pays", TRUE)])) as server:
        with pytest.raises(EngineFailed, match="llm_requests_max is 2"):
            await briefer(server, chars=1_000, requests_max=2).draft(MATERIAL)
    assert server.asked == []


async def test_a_brief_that_takes_too_long_as_a_whole_is_given_up() -> None:
    async with model_server(lambda _: None) as server:
        with pytest.raises(EngineFailed, match=r"no brief within 0\.2 s"):
            await briefer(server, brief_s=0.2).draft(MATERIAL)


async def test_the_hosts_chapters_are_the_topics() -> None:
    border_ms = TALK.turns[TALLINN].start_ms
    chapters = (Chapter(0, "Opening"), Chapter(border_ms, "Elsewhere"))
    material = Material("Buses", "", TALK, chapters)
    brief = await drafted(says([topic("Mine", TRUE, ALSO)]), material=material)
    assert [(section.heading, section.start_ms) for section in brief.sections] == [
        ("Opening", 0),
        ("Elsewhere", border_ms),
    ]


async def test_an_endpoint_that_breaks_gives_way_to_the_extractive_engine() -> None:
    async with model_server(lambda _: "I cannot.") as server:
        made = await make(MATERIAL, engines=[briefer(server)], version=3, made_ms=5)
    assert (made.brief.engine, made.brief.version, made.brief.made_ms) == ("extractive", 3, 5)
    assert "the form asked for" in made.given_up
    assert made.brief.sections
