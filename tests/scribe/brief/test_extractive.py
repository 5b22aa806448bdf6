"""The brief that needs nothing: topics where a person would cut, lines in the speakers' own words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_talks import Talk, debate, spoken, talks
from stentor.record.brief import Brief
from stentor.record.chapters import Chapter
from stentor.record.proof import proved
from stentor.record.transcript import Transcript
from stentor.scribe.brief.extractive import Extractive
from stentor.scribe.brief.port import Material
from stentor.scribe.speech.weights import MINILM, folder_of

TALKS = [talk for talk in talks() if talk.name in {"debate", "council"}]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Extractive:
    """With the sentence model, as the words' process has it."""
    return Extractive(folder_of(MINILM, own=None, made=tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def briefs(engine: Extractive) -> dict[str, Brief]:
    return {talk.name: engine.drafted(Material(talk.name, "", talk.transcript)) for talk in TALKS}


def headings(brief: Brief) -> list[str]:
    return [section.heading for section in brief.sections]


def test_the_debate_is_cut_and_named_as_a_person_would(briefs: dict[str, Brief]) -> None:
    assert [section.start_ms for section in briefs["debate"].sections] == [0, 18_350, 36_180, 70_700]
    assert headings(briefs["debate"])[0] == "Should our city make its buses free?"
    assert headings(briefs["debate"])[2:] == ["Air quality", "Safety at night"]


def test_what_is_announced_is_a_topic_and_its_heading(briefs: dict[str, Brief]) -> None:
    assert headings(briefs["council"]) == [
        "Library roof",
        "Noise on Harbour Street",
        "Crossing in front of the primary school on Mill Road",
        "Budget",
        "Flood wall at the river mouth",
    ]


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.name)
def test_every_line_is_proved_and_no_topic_is_empty(talk: Talk, briefs: dict[str, Brief]) -> None:
    brief = briefs[talk.name]
    assert proved(brief, talk.transcript).brief == brief
    assert all(section.lines for section in brief.sections)
    assert brief.sections[0].start_ms == 0
    assert brief.sections[-1].end_ms == talk.transcript.turns[-1].end_ms
    assert all(a.end_ms == b.start_ms for a, b in zip(brief.sections, brief.sections[1:], strict=False))
    assert 4 <= len(brief.summary) <= 7
    assert [line.start_ms for line in brief.summary] == sorted(line.start_ms for line in brief.summary)


def test_the_same_talk_has_the_same_brief(engine: Extractive, briefs: dict[str, Brief]) -> None:
    assert engine.drafted(Material("debate", "", debate().transcript)) == briefs["debate"]


def test_promises_are_not_statements(briefs: dict[str, Brief]) -> None:
    kinds = {claim.quote.text: claim.kind for claim in briefs["debate"].claims}
    assert kinds["I will vote for night buses in March, and I promise to say so in the council."] == "promise"
    assert kinds["Two euros an hour in the center would raise twenty five million."] == "projection"
    assert kinds["Our main street is the most polluted in the country."] == "superlative"


def test_hosts_chapters_are_the_topics(engine: Extractive) -> None:
    chapters = (Chapter(0, "Money"), Chapter(36_000, "Health"), Chapter(80_000_000, "Never"))
    brief = engine.drafted(Material("debate", "", debate().transcript, chapters))
    assert headings(brief) == ["Money", "Health"]


def test_what_was_said_before_the_first_chapter_does_not_get_its_title(engine: Extractive) -> None:
    brief = engine.drafted(Material("debate", "", debate().transcript, (Chapter(36_000, "Health"),)))
    assert [section.start_ms for section in brief.sections] == [0, 36_000]
    assert headings(brief)[1] == "Health"
    assert headings(brief)[0] not in {"", "Health"}
    greeted = engine.drafted(Material("debate", "", debate().transcript, (Chapter(5_000, "All of it"),)))
    assert headings(greeted) == ["All of it"]
    assert greeted.sections[0].start_ms == 0


def test_without_the_model_and_in_french_there_is_a_brief_too() -> None:
    said = (
        "Parlons des bus. Le réseau de bus coûte quatre-vingt-deux millions d’euros par an.",
        "Les billets ne paient qu’un tiers du réseau de bus, et je voterai pour la gratuité.",
        "Passons à la qualité de l’air. Notre rue est la plus polluée du pays.",
        "L’air de la rue est mauvais à cause des camions, et personne ne mesure rien.",
    )
    turns = tuple(
        spoken(f"t{at}", "ab"[at % 2], text, start_ms=at * 20_000, end_ms=at * 20_000 + 15_000)
        for at, text in enumerate(said)
    )
    brief = Extractive().drafted(Material("Débat", "", Transcript(1, "fr", "écrit", {"a": "Ana"}, turns)))
    assert headings(brief) == ["Bus", "Qualité de l’air"]
    assert [claim.kind for claim in brief.claims] == ["figure", "promise", "superlative", "cause"]


WORDS = st.sampled_from(
    [
        "The",
        "bus",
        "costs",
        "82",
        "million.",
        "Why?",
        "I",
        "will",
        "vote.",
        "Yes,",
        "air,",
        "Tallinn",
        "never",
        "and",
    ]
)
TURNS = st.lists(st.tuples(st.sampled_from("abc"), st.lists(WORDS, min_size=1, max_size=25)), max_size=25)


@given(TURNS, st.sampled_from(["en", "fr", "de"]))
@settings(max_examples=40, deadline=None)
def test_whatever_is_said_the_brief_can_be_proved(said: list[tuple[str, list[str]]], language: str) -> None:
    turns = tuple(
        spoken(f"t{at}", who, " ".join(words), start_ms=at * 9_000, end_ms=at * 9_000 + 8_000)
        for at, (who, words) in enumerate(said)
    )
    talk = Transcript(1, language, "x", {who: who for who in "abc"}, turns)
    brief = Extractive().drafted(Material("Talk", "", talk))
    proof = proved(brief, talk)
    assert proof.dropped == ()
    assert replace(proof.brief, names=brief.names) == brief
    assert len({heading.casefold() for heading in headings(brief)}) == len(brief.sections)
